#include "engine/core/doorbell.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "engine/core/clock.hpp"

namespace tonus {
namespace {

// Far longer than any scheduler delays a thread; a wake-up that was lost takes all of it.
constexpr std::chrono::seconds kLost{20};
constexpr std::int64_t kLostNs = std::chrono::nanoseconds{kLost}.count();

/// Waits until the bell has rung `n` times in all; counts waits that nothing ended but time. (One
/// may end early without a ring: a slow ringer's wake-up meets the waiter in its next round.)
void await_count(Doorbell& bell, std::uint32_t n, int& n_lost) {
    for (std::uint32_t seen = bell.count(); seen != n; seen = bell.count()) {
        const std::int64_t start_ns = SystemClock{}.now_ns();
        bell.wait(seen, kLost);
        const bool took_all = SystemClock{}.now_ns() - start_ns >= kLostNs;
        n_lost += bell.count() == seen && took_all ? 1 : 0;
    }
}

// Each side sleeps and is woken in every round, at every possible overlap of ring() and wait().
TEST(Doorbell, LosesNoWakeUpInAHundredThousandRounds) {
    constexpr std::uint32_t kRounds = 100'000;
    Doorbell ping, pong;
    int n_lost_here = 0, n_lost_there = 0;
    std::thread other{[&] {
        for (std::uint32_t round = 1; round <= kRounds && n_lost_there == 0; ++round) {
            await_count(ping, round, n_lost_there);
            pong.ring();
        }
    }};
    for (std::uint32_t round = 1; round <= kRounds && n_lost_here == 0; ++round) {
        ping.ring();
        await_count(pong, round, n_lost_here);
    }
    other.join();
    EXPECT_EQ(n_lost_here, 0);
    EXPECT_EQ(n_lost_there, 0);
    EXPECT_EQ(pong.count(), kRounds);
}

TEST(Doorbell, ARingBeforeTheWaitMakesItReturnAtOnce) {
    Doorbell bell;
    const std::uint32_t seen = bell.count();
    bell.ring();
    bell.wait(seen, std::chrono::hours{24});  // a lost ring would hang the test for a day
    EXPECT_NE(bell.count(), seen);
}

TEST(Doorbell, AWaitWithoutARingEndsByItself) {
    Doorbell bell;
    bell.wait(bell.count(), std::chrono::microseconds{50});
    EXPECT_EQ(bell.count(), 0u);
}

}  // namespace
}  // namespace tonus
