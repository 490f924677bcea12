#include "engine/load/delay_bounds.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/load/force_relation.hpp"

namespace tonus {
namespace {

TEST(Golden, G37_NoDetectorOfEnergiesIsFaster) {
    EXPECT_NEAR(1000.0 * detection_delay_bound_s({0.25, 0.50}), 54.0, 1.0);
    EXPECT_NEAR(1000.0 * detection_delay_bound_s({0.25, 0.40}), 141.0, 1.0);
    EXPECT_NEAR(1000.0 * detection_delay_bound_s({0.30, 0.40}), 431.0, 1.0);
}

TEST(DelayBounds, ATenthOverTheLimitTakesSeconds) {
    // So close to the limit a rounded level tells: the 942 ms of domain 6.5 are those of 36.67 %,
    // a tenth above a third is 943.
    EXPECT_NEAR(1000.0 * detection_delay_bound_s({0.30, 0.3667}), 942.0, 1.0);
    EXPECT_NEAR(detection_delay_bound_s({1.0 / 3.0, 1.1 / 3.0}), 4.5, 0.05);
}

TEST(DelayBounds, WhiteningLowersTheBoundAsItWidensTheBand) {
    const double plain = detection_delay_bound_s({0.25, 0.50}, {.bandwidth_hz = 160.0});
    const double whitened = detection_delay_bound_s({0.25, 0.50}, {.bandwidth_hz = 355.0});
    EXPECT_NEAR(whitened / plain, 160.0 / 355.0, 0.07 * 160.0 / 355.0) << "but for the logarithm";
}

TEST(DelayBounds, AWindowCrossesTheLimitWhenItsPowerDoes) {
    EXPECT_NEAR(1000.0 * window_crossing_s(0.25, {0.00, 0.50}), 111.0, 1.0);
    EXPECT_NEAR(1000.0 * window_crossing_s(0.25, {0.20, 0.40}), 148.0, 1.0);
    EXPECT_NEAR(1000.0 * window_crossing_s(0.25, {0.25, 0.50}), 65.0, 1.0);
    EXPECT_NEAR(1000.0 * window_crossing_s(0.25, {0.30, 1.1 / 3.0}), 119.0, 1.0);
    EXPECT_EQ(window_crossing_s(0.25, {0.20, 0.33}), std::numeric_limits<double>::infinity());
    EXPECT_EQ(window_crossing_s(0.25, {0.40, 0.50}), 0.0);
}

TEST(DelayBounds, RefusesWhatIsNoStep) {
    EXPECT_THROW(detection_delay_bound_s({0.40, 0.30}), Error);
    EXPECT_THROW(detection_delay_bound_s({0.00, 0.30}), Error) << "from nothing the bound is zero, and says nothing";
    EXPECT_THROW(detection_delay_bound_s({0.25, 0.50}, {.bandwidth_hz = 0.0}), Error);
    EXPECT_THROW(window_crossing_s(0.0, {0.20, 0.40}), Error);
    EXPECT_THROW(window_crossing_s(0.25, {-0.20, 0.40}), Error);
}

TEST(Golden, G55_EmgAtAThirdOfTheForce) {
    EXPECT_NEAR(100.0 * emg_of_force(1.0 / 3.0, 1.0), 33.3, 0.1);
    EXPECT_NEAR(100.0 * emg_of_force(1.0 / 3.0, 1.2), 26.8, 0.1);
    EXPECT_NEAR(100.0 * emg_of_force(1.0 / 3.0, 1.5), 19.2, 0.1);
}

}  // namespace
}  // namespace tonus
