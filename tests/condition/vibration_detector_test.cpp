// Domain 2.8: a vibration of the body is found in what an accelerometer feels, followed, and told
// from everything else that moves.

#include <cmath>
#include <functional>
#include <numbers>

#include <gtest/gtest.h>

#include "drivers/sim/motion_sensor.hpp"
#include "engine/condition/vibration_detector.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;
constexpr double kGravity = 9.80665;

/// Acceleration along a leaning vertical.
std::array<double, 3> along(double m_s2) { return {0.6 * m_s2, 0.0, 0.8 * m_s2}; }

struct Change {
    double s;
    double frequency_hz;
};
std::vector<Change> changes(VibrationDetector& detector, double rate_hz, double seconds, const std::function<std::array<double, 3>(double)>& a) {
    std::vector<Change> seen;
    for (std::size_t i = 0; i < static_cast<std::size_t>(seconds * rate_hz); ++i) {
        const double t_s = static_cast<double>(i) / rate_hz;
        if (detector.process(a(t_s))) seen.push_back({t_s, detector.state().frequency_hz});
    }
    return seen;
}

VibrationDetector detector_at(double rate_hz) { return VibrationDetector{{.rate = rate_from_hz(rate_hz)}}; }

TEST(VibrationDetector, FindsAPlateInTimeAndMeasuresItsFrequency) {
    for (const double rate_hz : {100.0, 148.148, 400.0, 2000.0}) {
        for (const double f_hz : {10.2, 14.9, 22.25, 30.0, 37.61, 46.0, 58.7}) {
            if (f_hz > 0.46 * rate_hz) continue;
            VibrationDetector detector = detector_at(rate_hz);
            const auto seen = changes(detector, rate_hz, 16.0, [&](double t_s) {
                const bool runs = t_s >= 5.0 && t_s < 10.0;
                return along(kGravity + (runs ? 2.0 * std::sin(kTurn * f_hz * t_s) : 0.0));
            });
            ASSERT_EQ(seen.size(), 2u) << f_hz << " at " << rate_hz;
            EXPECT_GT(seen[0].s, 5.0);
            EXPECT_LT(seen[0].s, 8.0) << f_hz << " at " << rate_hz;
            // Half of the window is still from before.
            EXPECT_NEAR(seen[0].frequency_hz, f_hz, 0.3);
            EXPECT_GT(seen[1].s, 10.0);
            EXPECT_LT(seen[1].s, 13.0);
            EXPECT_EQ(seen[1].frequency_hz, 0.0);
        }
    }
}

TEST(VibrationDetector, MeasuresASteadyToneToATwentiethOfAHertz) {
    double worst = 0.0;
    for (double f_hz = 12.0; f_hz < 45.0; f_hz += 0.37) {
        VibrationDetector detector = detector_at(100.0);
        changes(detector, 100.0, 4.0, [&](double t_s) { return along(kGravity + 3.0 * std::sin(kTurn * f_hz * t_s + f_hz)); });
        worst = std::max(worst, std::abs(detector.state().frequency_hz - f_hz));
        EXPECT_NEAR(detector.state().rms_m_s2, 3.0 / std::sqrt(2.0), 0.02);
        EXPECT_GT(detector.state().share, 0.99);
    }
    EXPECT_LT(worst, 0.05);
}

// The plate's motor changes its speed: the frequency of half a window before.
TEST(VibrationDetector, FollowsAFrequencyThatChanges) {
    VibrationDetector detector = detector_at(100.0);
    double worst = 0.0;
    for (std::size_t i = 0; i < 6000; ++i) {
        const double t_s = 0.01 * static_cast<double>(i);
        const double turns = 25.0 * t_s + 0.5 * 0.15 * t_s * t_s;  // 25 to 34 Hz in a minute
        detector.process(along(kGravity + 3.0 * std::sin(kTurn * turns)));
        if (i > 400) worst = std::max(worst, std::abs(detector.state().frequency_hz - (25.0 + 0.15 * t_s)));
    }
    EXPECT_LT(worst, 0.15 * (1.0 + 0.25) + 0.05);
}

TEST(VibrationDetector, IsSilentForEverythingElse) {
    Random noise{8};
    // Heels that strike the floor twice a second: a broad comb.
    const auto walking = [](double t_s) { return along(kGravity + 15.0 * std::exp(-std::fmod(t_s, 0.5) / 0.02) - 0.6); };
    const auto shaking = [&](double) { return along(kGravity + 3.0 * noise.normal()); };
    const auto faint = [](double t_s) { return along(kGravity + 0.9 * std::sqrt(2.0) * std::sin(kTurn * 30.0 * t_s)); };
    const auto slow = [](double t_s) { return along(kGravity + 3.0 * std::sin(kTurn * 7.0 * t_s)); };
    const auto half = [&](double t_s) { return along(kGravity + 1.4 * std::sin(kTurn * 30.0 * t_s) + 1.4 * std::sin(kTurn * 17.0 * t_s)); };
    for (const auto& motion : std::vector<std::function<std::array<double, 3>(double)>>{walking, shaking, faint, slow, half}) {
        VibrationDetector detector = detector_at(100.0);
        EXPECT_TRUE(changes(detector, 100.0, 20.0, motion).empty()) << detector.state().rms_m_s2 << " m/s^2, share " << detector.state().share;
    }
    for (const char* task : {"rest", "reps", "bridge", "mobility"}) {
        MotionSensor sensor{parse_sim_options(SourceUrl{std::string{"sim:?imu=on&task="} + task}), Segment::thorax};
        VibrationDetector detector = detector_at(100.0);
        EXPECT_TRUE(changes(detector, 100.0, 60.0, [&](double) { return sensor.next().acceleration_m_s2; }).empty()) << task;
    }
}

TEST(VibrationDetector, IsFoundUnderAMovementToo) {
    MotionSensor sensor{parse_sim_options(SourceUrl{"sim:?imu=on&task=reps&vibration=27.3&vibration_at=10-20"}), Segment::pelvis};
    VibrationDetector detector = detector_at(100.0);
    const auto seen = changes(detector, 100.0, 30.0, [&](double) { return sensor.next().acceleration_m_s2; });
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_LT(seen[0].s, 13.0);
    EXPECT_LT(seen[1].s, 23.0);
}

// Packets that are lost delay nothing; a long gap is no end.
TEST(VibrationDetector, BearsLossesAndKeepsWhatItFoundThroughAGap) {
    VibrationDetector detector = detector_at(100.0);
    const auto plate = [](std::size_t i) { return along(kGravity + 2.0 * std::sin(kTurn * 31.0 * 0.01 * static_cast<double>(i))); };
    std::size_t found = 0;
    for (std::size_t i = 0; i < 1000; ++i) {
        const bool is_lost = i % 40 < 4;
        const bool changed = is_lost ? detector.skip(1) : detector.process(plate(i));
        if (changed) found = i;
    }
    EXPECT_GT(found, 0u);
    EXPECT_LT(found, 250u);
    EXPECT_NEAR(detector.state().frequency_hz, 31.0, 0.05);
    EXPECT_FALSE(detector.skip(1'000'000'000'000));
    EXPECT_NEAR(detector.state().frequency_hz, 31.0, 0.05) << "nothing says that it went";
    for (std::size_t i = 0; i < 300; ++i) detector.process(i % 3 == 0 ? std::array{std::nan(""), 0.0, 0.0} : along(kGravity));
    EXPECT_NEAR(detector.state().frequency_hz, 31.0, 0.05) << "a third is no number";
    for (std::size_t i = 0; i < 300; ++i) detector.process(along(kGravity));
    EXPECT_EQ(detector.state().frequency_hz, 0.0);
}

TEST(VibrationDetector, RefusesRatesAndThresholdsThatCannotWork) {
    EXPECT_THROW(detector_at(25.0), Error);
    EXPECT_THROW((VibrationDetector{{.rate = {100, 1}, .on_share = 0.3}}), Error);
    EXPECT_THROW((VibrationDetector{{.rate = {100, 1}, .off_rms_m_s2 = 0.0}}), Error);
}

}  // namespace
}  // namespace tonus
