// What lies on top of the muscles and what the radio does: each is what it says, and nothing else
// changes with it.

#include <cmath>
#include <complex>
#include <map>

#include <gtest/gtest.h>

#include "drivers/sim/heavy_tails.hpp"
#include "drivers/sim/trunk.hpp"
#include "drivers/sim/sim_test.hpp"
#include "drivers/sim/subject.hpp"

namespace tonus {
namespace {

using sim_test::kPure;
using sim_test::rms;
using sim_test::send;
using sim_test::Sent;

/// Amplitude of the sine of a frequency in a signal of 1000 Hz.
double amplitude_at(const std::vector<double>& x, double hz) {
    std::complex<double> sum;
    for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * std::polar(1.0, -2.0 * M_PI * hz * 1e-3 * static_cast<double>(i));
    return 2.0 * std::abs(sum) / static_cast<double>(x.size());
}

double kurtosis(const std::vector<double>& x) {
    const double sigma = rms(x);
    double sum = 0.0;
    for (const double v : x) sum += std::pow(v / sigma, 4.0);
    return sum / static_cast<double>(x.size());
}

/// What an option adds to the frames of a run.
std::vector<double> added(const std::string& base, const std::string& option, std::size_t ch) {
    std::vector<double> with = send(base + "&" + option)[0].channel(ch);
    const std::vector<double> without = send(base)[0].channel(ch);
    for (std::size_t i = 0; i < with.size(); ++i) with[i] -= without[i];
    return with;
}

TEST(SimVibration, IsAToneAndTwoHarmonicsOnTopOfWhatWasThere) {
    const std::string base = "sim:?task=hold&level=0.3&duration=10&float=on&ecg=on";
    for (const std::size_t ch : {0u, 3u}) {
        const std::vector<double> x = added(base, "vibration=30", ch);
        EXPECT_NEAR(amplitude_at(x, 30.0), 30.0, 0.1);
        EXPECT_NEAR(amplitude_at(x, 60.0), 15.0, 0.1);
        EXPECT_NEAR(amplitude_at(x, 90.0), 7.5, 0.1);
        EXPECT_NEAR(rms(x), std::sqrt(0.5 * (30.0 * 30.0 + 15.0 * 15.0 + 7.5 * 7.5)), 0.1) << "and nothing besides";
    }
    EXPECT_LT(amplitude_at(send("sim:?task=rest&duration=10&vibration=30&noise=0&wander=0&offset=0&rate=1000")[0].channel(0), 120.0), 0.1);
}

TEST(SimVibration, LockedReflexIsAShareOfTheMuscleAndStandsAtTheLines) {
    const std::string base = std::string{"sim:?task=hold&level=0.5&duration=10&float=on&vibration=25&"} + kPure;
    const std::vector<double> x = added(base, "vibration_locked=0.3", 0);
    const double sigma = 0.5 * SimulatedSubject{parse_sim_options(SourceUrl{base})}.sigma_mvc_uv(0);
    EXPECT_NEAR(rms(x) / sigma, 0.3, 0.003);
    double power = 0.0;
    for (int k = 1; k <= 16; ++k) power += 0.5 * std::pow(amplitude_at(x, 25.0 * k), 2.0);
    EXPECT_NEAR(power / (rms(x) * rms(x)), 1.0, 0.01) << "all of it at multiples of 25 Hz";
    EXPECT_NEAR(rms(added("sim:?task=rest&duration=2&float=on&vibration=25", "vibration_locked=0.3", 0)), 0.0, 1e-9) << "no reflex without work";
}

TEST(SimVibration, ShakesThePelvisSensorToo) {
    const std::vector<Sent> still = send("sim:?task=rest&duration=4&imu=on"), shaken = send("sim:?task=rest&duration=4&imu=on&vibration=30");
    double power = 0.0;
    for (std::size_t f = 0; f < still[1].index.size(); ++f) {
        for (std::size_t c = 0; c < 3; ++c) power += std::pow(shaken[1].at(f, c) - still[1].at(f, c), 2.0);
    }
    EXPECT_NEAR(std::sqrt(power / static_cast<double>(still[1].index.size())), 5.0 / std::sqrt(2.0), 0.05) << "a plate is felt with more than the 1 m/s^2 of domain 2.8";
}

TEST(SimMotion, MovesTheBaselineWithTheAccelerationOfThePelvis) {
    const std::string base = "sim:?task=reps&duration=20&imu=on&float=on&offset=0";
    const TrunkMotion motion{parse_sim_options(SourceUrl{base})};
    for (const std::size_t ch : {0u, 1u}) {
        const std::vector<double> x = added(base, "motion=on", ch);
        // Least squares on forward and up: both gains together are the 20 uV per m/s^2.
        double ff = 0, fu = 0, uu = 0, xf = 0, xu = 0, xx = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const Vector3 a = motion.acceleration_m_s2(Segment::pelvis, 1e-3 * static_cast<double>(i));
            const double f = a[0], u = a[2];
            ff += f * f, fu += f * u, uu += u * u, xf += x[i] * f, xu += x[i] * u, xx += x[i] * x[i];
        }
        const double det = ff * uu - fu * fu;
        const double forward = (xf * uu - xu * fu) / det, up = (xu * ff - xf * fu) / det;
        EXPECT_NEAR(std::hypot(forward, up), 20.0, 0.01);
        EXPECT_NEAR((forward * xf + up * xu) / xx, 1.0, 1e-4) << "nothing but that";
    }
    double most = 0.0;
    for (int ms = 0; ms < 4000; ++ms) most = std::max(most, std::abs(motion.acceleration_m_s2(Segment::pelvis, 1e-3 * ms)[0]));
    EXPECT_NEAR(most, 1.0, 0.15) << "40 degrees in 2 s at a lever of 1 m";
}

TEST(SimLaplace, HasItsKurtosisItsStrengthAndNearlyTheSameSpectrum) {
    const std::string base = std::string{"sim:?task=hold&level=0.5&duration=300&channels=4&"} + kPure;
    const std::vector<double> plain = send(base)[0].channel(0), heavy = send(base + "&laplace=on")[0].channel(0);
    EXPECT_NEAR(kurtosis(plain), 3.0, 0.1);
    EXPECT_NEAR(kurtosis(heavy), 4.0, 0.2);
    EXPECT_NEAR(rms(heavy) / rms(plain), 1.0, 0.01);
    double product = 0.0;
    for (std::size_t i = 0; i < plain.size(); ++i) product += plain[i] * heavy[i];
    EXPECT_GT(product / (rms(plain) * rms(heavy) * static_cast<double>(plain.size())), 0.98) << "the same signal, bent";
    EXPECT_EQ(with_heavy_tails(-1.3), -with_heavy_tails(1.3));
    EXPECT_NEAR(with_heavy_tails(0.0), 0.0, 1e-12);
    EXPECT_GT(with_heavy_tails(4.0), 4.5);
}

TEST(SimRadio, RepeatsTheShareOfPacketsItWasToldWithTheSameFrames) {
    const std::string base = "sim:?task=rest&duration=200&loss=0.02&imu=on";
    const std::vector<Sent> clean = send(base), repeated = send(base + "&duplicates=0.1");
    for (std::size_t s = 0; s < 3; ++s) {
        std::size_t n_repeats = 0, at = 0;
        for (std::size_t p = 1; p < repeated[s].packet_index.size(); ++p) n_repeats += repeated[s].packet_index[p] == repeated[s].packet_index[p - 1] ? 1u : 0u;
        const auto n_packets = static_cast<double>(clean[s].packet_index.size());
        EXPECT_EQ(repeated[s].packet_index.size(), clean[s].packet_index.size() + n_repeats);
        EXPECT_NEAR(static_cast<double>(n_repeats) / n_packets, 0.1, 4.0 * std::sqrt(0.09 / n_packets));
        // Without the second copies it is the clean run, to the bit.
        std::map<std::uint64_t, std::size_t> first_of;
        for (std::size_t f = 0; f < repeated[s].index.size(); ++f) {
            if (f > 0) {
                ASSERT_GE(repeated[s].arrival_ns[f], repeated[s].arrival_ns[f - 1]);
            }
            const auto [found, is_new] = first_of.emplace(repeated[s].index[f], f);
            if (is_new) {
                ASSERT_EQ(repeated[s].index[f], clean[s].index[at]);
                ASSERT_EQ(repeated[s].arrival_ns[f], clean[s].arrival_ns[at]);
                ++at;
            }
            for (std::size_t c = 0; c < repeated[s].n_channels(); ++c) ASSERT_EQ(repeated[s].at(f, c), repeated[s].at(found->second, c));
        }
        EXPECT_EQ(at, clean[s].index.size());
    }
}

TEST(SimRadio, SwapsTheShareOfPacketsItWasToldAndLosesNone) {
    const std::string base = "sim:?task=hold&duration=200&imu=on";
    const Sent clean = send(base)[0], swapped = send(base + "&reorder=0.05")[0];
    ASSERT_EQ(swapped.index.size(), clean.index.size());
    std::size_t n_behind = 0;
    for (std::size_t p = 1; p < swapped.packet_index.size(); ++p) {
        if (swapped.packet_index[p] > swapped.packet_index[p - 1]) continue;
        ++n_behind;
        EXPECT_EQ(swapped.packet_index[p] + 20, swapped.packet_index[p - 1]) << "by the very next one";
    }
    // A packet that overtakes is not overtaken itself: 1 in 1 / p + 1.
    EXPECT_NEAR(static_cast<double>(n_behind) / static_cast<double>(swapped.packet_index.size()), 0.05 / 1.05, 0.01);
    for (std::size_t f = 0; f < swapped.index.size(); ++f) {
        if (f > 0) {
            ASSERT_GE(swapped.arrival_ns[f], swapped.arrival_ns[f - 1]);
        }
        for (std::size_t c = 0; c < 4; ++c) ASSERT_EQ(swapped.at(f, c), clean.at(static_cast<std::size_t>(swapped.index[f]), c));
    }
}

}  // namespace
}  // namespace tonus
