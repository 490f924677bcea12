#include "drivers/driver/time_counter.hpp"

#include <gtest/gtest.h>

namespace tonus {
namespace {

constexpr std::uint64_t kTicksPerS = 1'000'000;

TEST(TimeCounter, NumbersSamplesByTheirTimeAndCountsTheMissing) {
    TimeCounter counter{kTicksPerS, 100};
    EXPECT_EQ(counter.number(5'000'000), 500u);
    EXPECT_EQ(counter.number(5'010'000), 501u);
    EXPECT_EQ(counter.number(5'010'000), 501u) << "a repeat keeps its number";
    EXPECT_EQ(counter.number(5'050'000), 505u) << "three are missing";
    EXPECT_EQ(counter.number(5'040'000), 504u) << "one of them comes late";
    EXPECT_EQ(counter.number(5'060'000), 506u);
}

TEST(TimeCounter, TakesARateOffByAPercentForNoLoss) {
    for (const std::uint64_t period_us : {9'900u, 10'100u}) {
        TimeCounter counter{kTicksPerS, 100};
        const std::uint64_t first = counter.number(0);
        for (std::uint64_t i = 1; i < 100'000; ++i) ASSERT_EQ(counter.number(i * period_us), first + i);
    }
}

// Without a checksum a bit of the time may turn: that sample stands apart, the next is in its place.
TEST(TimeCounter, ADamagedTimeMovesNoOtherSample) {
    TimeCounter counter{kTicksPerS, 100};
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        const std::uint64_t ticks = 1'000'000'000 + 10'000 * i;
        if (i % 4 == 3) counter.number(ticks ^ (std::uint64_t{1} << (i / 4 % 52)));
        else ASSERT_EQ(counter.number(ticks), 100'000 + i);
    }
}

// Tags of 2^-32 s since 1900 are no less exact.
TEST(TimeCounter, KeepsItsPlaceWithTimesOfACentury) {
    TimeCounter counter{std::uint64_t{1} << 32, 50};
    const std::uint64_t base = std::uint64_t{3'900'000'000} << 32;
    for (std::uint64_t i = 0; i < 500; ++i) {
        ASSERT_EQ(counter.number(base + (i << 32) / 50), std::uint64_t{3'900'000'000} * 50 + i);
    }
}

}  // namespace
}  // namespace tonus
