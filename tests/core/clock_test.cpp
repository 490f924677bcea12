#include "engine/core/clock.hpp"

#include <gtest/gtest.h>

namespace tonus {
namespace {

TEST(SystemClock, NeverGoesBackAndSleepsUntilTheMomentAsked) {
    SystemClock clock;
    std::int64_t before = clock.now_ns();
    for (int i = 0; i < 10'000; ++i) {
        const std::int64_t now = clock.now_ns();
        ASSERT_GE(now, before);
        before = now;
    }
    const std::int64_t at_ns = clock.now_ns() + 200'000;
    clock.sleep_until(at_ns);
    EXPECT_GE(clock.now_ns(), at_ns);
    clock.sleep_until(at_ns - 1'000'000'000);  // in the past: returns
}

TEST(SystemClock, KnowsTheYear) {
    constexpr std::int64_t k2020 = 1'577'836'800'000'000'000;
    constexpr std::int64_t k2100 = 4'102'444'800'000'000'000;
    EXPECT_GT(SystemClock{}.wall_ns(), k2020);
    EXPECT_LT(SystemClock{}.wall_ns(), k2100);
}

TEST(VirtualClock, MovesOnlyWhenToldAndTakesTheWallClockAlong) {
    VirtualClock clock{1000};
    clock.sleep_until(5'000'000'000);
    EXPECT_EQ(clock.now_ns(), 0);
    clock.advance(std::chrono::hours{1});
    EXPECT_EQ(clock.now_ns(), 3'600'000'000'000);
    EXPECT_EQ(clock.wall_ns(), 3'600'000'001'000);
}

}  // namespace
}  // namespace tonus
