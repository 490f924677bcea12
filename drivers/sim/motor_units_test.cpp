// Motor units against Fuglevand's numbers, and their sum against the activation it stands for.

#include <cmath>

#include <gtest/gtest.h>

#include "drivers/sim/motor_units.hpp"
#include "drivers/sim/sim_test.hpp"
#include "drivers/sim/subject.hpp"

namespace tonus {
namespace {

using sim_test::kPure;
using sim_test::rms;
using sim_test::send;

TEST(Golden, G54_MotorUnitsOfFuglevand) {
    const MotorUnit middle = motor_unit(60), last = motor_unit(120);
    EXPECT_NEAR(middle.threshold, 5.4772, 1e-3);
    EXPECT_NEAR(middle.twitch, 10.0, 1e-3);
    EXPECT_NEAR(1e3 * middle.twitch_s, 51.962, 1e-3);
    EXPECT_NEAR(last.threshold, 30.0, 1e-3);
    EXPECT_NEAR(last.twitch, 100.0, 1e-3);
    EXPECT_NEAR(1e3 * last.twitch_s, 30.000, 1e-3);
}

TEST(MotorUnits, FireFromEightToTheirFastest) {
    const MotorUnit middle = motor_unit(60), last = motor_unit(120);
    EXPECT_EQ(firing_rate_hz(middle, 0.999 * middle.threshold), 0.0);
    EXPECT_DOUBLE_EQ(firing_rate_hz(middle, middle.threshold), 8.0);
    EXPECT_DOUBLE_EQ(firing_rate_hz(middle, middle.threshold + 2.0), 10.0);
    EXPECT_NEAR(firing_rate_hz(middle, 100.0), 35.0 - 10.0 * middle.threshold / 30.0, 1e-12);
    EXPECT_NEAR(firing_rate_hz(last, excitation_max()), 25.0, 1e-9) << "the last unit reaches its fastest just at full drive";
    EXPECT_LT(firing_rate_hz(last, excitation_max() - 0.1), 25.0 - 0.05);
}

// Domain 11.6 gives peak, median and mean frequency for lambda 1.945 ms; here by a plain Fourier sum.
TEST(MotorUnits, PotentialHasTheSpectrumOfTheReference) {
    constexpr double kStepHz = 0.1, kStepS = 1e-4;
    std::vector<double> power;
    double peak_hz = 0.0, peak = 0.0, sum = 0.0, moment = 0.0, square = 0.0;
    for (double f = kStepHz; f < 500.0; f += kStepHz) {
        double part = 0.0;  // an odd function has a sine part only
        for (double t = -0.015; t <= 0.015; t += kStepS) part += muap(t) * std::sin(2.0 * M_PI * f * t);
        power.push_back(part * part);
        if (power.back() > peak) peak = power.back(), peak_hz = f;
        sum += power.back();
        moment += f * power.back();
        square += power.back() * power.back();
    }
    double below = 0.0, median_hz = 0.0;
    for (std::size_t i = 0; i < power.size() && below < 0.5 * sum; ++i) below += power[i], median_hz = kStepHz * static_cast<double>(i + 1);
    EXPECT_NEAR(peak_hz, 81.9, 0.15);
    EXPECT_NEAR(median_hz, 89.0, 0.15);
    EXPECT_NEAR(moment / sum, 92.4, 0.1);
    EXPECT_NEAR(sum * sum / square * kStepHz, 136.8, 0.2) << "statistical bandwidth";
}

// The activation stays the truth: sigma follows it over recruitment and rates.
TEST(MotorUnits, RmsIsTheActivationAtEveryLevel) {
    for (const double level : {0.02, 0.05, 0.10, 1.0 / 3.0, 0.60, 1.0, 1.2}) {
        MotorUnits units{1000.0, Random{3, 9000}};
        std::vector<double> x;
        for (int i = 0; i < 60'000; ++i) x.push_back(units.next(level));
        // Four spreads of 60 s are 2.2 % at B_s 137 Hz; with few units at work the bandwidth is less.
        EXPECT_NEAR(rms(x) / level, 1.0, level < 0.06 ? 0.05 : 0.025) << "level " << level;
    }
}

TEST(MotorUnits, RestIsSilentAndHalfAPotentialIsTheDelay) {
    MotorUnits units{1000.0, Random{5, 9000}};
    for (int i = 0; i < 2000; ++i) ASSERT_EQ(units.next(0.0), 0.0);
    EXPECT_NEAR(units.lead_s(), 0.0097, 1e-4);
    for (int i = 0; i < 5000; ++i) units.next(0.5);
    // A last potential may have begun with the last frame: 20 ms, then silence.
    double after = 0.0;
    for (int i = 0; i < 100; ++i) {
        const double x = units.next(0.0);
        if (i >= 21) after = std::max(after, std::abs(x));
    }
    EXPECT_EQ(after, 0.0);
}

TEST(MotorUnits, MakeTheMusclesOfASubjectAtEveryRate) {
    for (const char* rate : {"500", "1000", "2148.148"}) {
        const std::string url = std::string{"sim:?source=units&task=hold&level=0.5&duration=40&rate="} + rate + "&" + kPure;
        const SimulatedSubject subject{parse_sim_options(SourceUrl{url})};
        const sim_test::Sent sent = send(url)[0];
        for (std::size_t ch = 0; ch < 4; ++ch) EXPECT_NEAR(rms(sent.channel(ch)) / (0.5 * subject.sigma_mvc_uv(ch)), 1.0, 0.03) << rate << " Hz, channel " << ch;
    }
}

// Noise steps at once; units must not come late by the half potential that they need.
TEST(MotorUnits, StepWhereTheActivationSteps) {
    std::vector<double> power(400, 0.0);
    for (int seed = 0; seed < 60; ++seed) {
        const std::string url = "sim:?source=units&task=step&from=0.1&to=0.6&period=2&duration=1.4&seed=" + std::to_string(seed) + "&" + kPure;
        const sim_test::Sent sent = send(url)[0];
        for (std::size_t ch = 0; ch < 4; ++ch) {
            const std::vector<double> x = sent.channel(ch);
            for (std::size_t i = 0; i < 400; ++i) power[i] += x[900 + i] * x[900 + i];
        }
    }
    // The ramp of 100 ms crosses half of its power range at about 1.061 s.
    double level = 0.0;
    for (std::size_t i = 300; i < 400; ++i) level += power[i] / 100.0;
    double area = 0.0;  // of what is missing: its length is the mean time of the step
    for (std::size_t i = 0; i < 400; ++i) area += 1.0 - power[i] / level;
    const SimulatedSubject subject{parse_sim_options(SourceUrl{"sim:?task=step&from=0.1&to=0.6&period=2"})};
    double expected = 0.0;
    for (std::size_t i = 0; i < 400; ++i) expected += 1.0 - std::pow(subject.activation(0, 0.9 + 1e-3 * static_cast<double>(i)) / 0.6, 2.0);
    EXPECT_NEAR(area, expected, 6.0) << "ms";
}

}  // namespace
}  // namespace tonus
