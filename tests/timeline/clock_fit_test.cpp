#include "engine/timeline/clock_fit.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

// Packets of 20 ms with a radio delay that is never under 20 ms and has a long tail; some are lost.
ClockEstimate fit_of(double drift_ppm, double seconds, double loss, std::uint64_t seed) {
    ClockFit fit;
    Random random{seed};
    for (double device_s = 0.02; device_s < seconds; device_s += 0.02) {
        const double delay_s = 0.02 - 0.005 * std::log(1.0 - random.uniform());
        const double host_s = device_s * (1.0 + drift_ppm * 1e-6) + delay_s;
        if (random.uniform() >= loss) fit.observe(device_s, static_cast<std::int64_t>(host_s * 1e9));
    }
    return fit.estimate();
}

TEST(ClockFit, FindsTheDriftOfADeviceWithinAMinute) {
    for (const double drift_ppm : {-300.0, -50.0, 0.0, 50.0, 300.0}) {
        const ClockEstimate estimate = fit_of(drift_ppm, 66.0, 0.0, 1);
        ASSERT_TRUE(estimate.valid);
        EXPECT_NEAR(estimate.drift_ppm, drift_ppm, 20.0);
        EXPECT_LT(estimate.residual_ms, 1.0);
    }
}

TEST(ClockFit, IsNotBentByLostPackets) {
    const ClockEstimate estimate = fit_of(100.0, 66.0, 0.3, 2);
    EXPECT_NEAR(estimate.drift_ppm, 100.0, 20.0);
}

TEST(ClockFit, PlacesADeviceMomentOnTheHostsClock) {
    const ClockEstimate estimate = fit_of(100.0, 66.0, 0.0, 3);
    // The constant part of the delay cannot be seen: 20 ms here.
    const double expected_offset_s = 0.020 + estimate.at_s * 100e-6;
    EXPECT_NEAR(estimate.offset_s, expected_offset_s, 0.001);
}

// A read that was cut into pieces brings one stamp: only its last frame has just arrived.
TEST(ClockFit, DoesNotDependOnHowAReadWasCut) {
    ClockFit whole, cut;
    Random random{7};
    for (double device_s = 1.0; device_s < 40.0; device_s += 1.0) {
        const auto arrival_ns = static_cast<std::int64_t>((device_s + 0.02 + 0.01 * random.uniform()) * 1e9);
        whole.observe(device_s, arrival_ns);
        for (double piece_s = device_s - 0.9; piece_s < device_s; piece_s += 0.25) cut.observe(piece_s, arrival_ns);
        cut.observe(device_s, arrival_ns);
    }
    EXPECT_TRUE(whole.estimate().valid);
    EXPECT_EQ(cut.estimate().drift_ppm, whole.estimate().drift_ppm);
    EXPECT_EQ(cut.estimate().offset_s, whole.estimate().offset_s);
}

TEST(ClockFit, SaysNothingBeforeItHasSeenTenSeconds) {
    EXPECT_FALSE(fit_of(100.0, 9.0, 0.0, 4).valid);
    EXPECT_TRUE(fit_of(100.0, 11.0, 0.0, 4).valid);
}

}  // namespace
}  // namespace tonus
