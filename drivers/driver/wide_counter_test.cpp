#include "drivers/driver/wide_counter.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

constexpr Rate kRate{1000, 1};

std::int64_t at_ms(double ms) { return static_cast<std::int64_t>(ms * 1e6); }

/// Every frame of a read, and what each was widened to.
std::vector<std::uint64_t> widen(WideCounter& counter, std::uint64_t modulus, std::uint64_t from, std::uint64_t to, double arrival_ms) {
    std::vector<std::uint64_t> counts;
    counter.arrived((to - 1) % modulus, to - from, at_ms(arrival_ms));
    for (std::uint64_t i = from; i < to; ++i) counts.push_back(counter.widen(i % modulus).value());
    return counts;
}

TEST(WideCounter, GoesOnPastEveryTurn) {
    WideCounter counter{16, kRate};
    for (std::uint64_t i = 0; i < 10000; i += 10) {
        const auto counts = widen(counter, 16, i, i + 10, static_cast<double>(i) + 10.0);
        ASSERT_EQ(counts.front(), i);
        ASSERT_EQ(counts.back(), i + 9);
    }
    EXPECT_EQ(counter.turns_by_clock(), 0u);
}

// Bluetooth delivers in bursts: a burst is longer than a turn and nothing is lost.
TEST(WideCounter, TakesNoBurstForALoss) {
    WideCounter counter{16, kRate};
    Random random{1};
    std::uint64_t next = 0;
    double now_ms = 0.0;
    while (now_ms < 60000.0) {
        now_ms += 1.0 + 80.0 * random.uniform() * random.uniform();
        const auto sent = static_cast<std::uint64_t>(now_ms);
        if (sent == next) continue;
        ASSERT_EQ(widen(counter, 16, next, sent, now_ms).back(), sent - 1);
        next = sent;
    }
    EXPECT_EQ(counter.turns_by_clock(), 0u);
}

TEST(WideCounter, KnowsWholeTurnsLostInASilence) {
    WideCounter counter{256, Rate{250, 1}};
    widen(counter, 256, 0, 250, 1000.0);
    widen(counter, 256, 250, 260, 1040.0);
    // Three seconds without anything: 750 frames, nearly three turns.
    EXPECT_EQ(widen(counter, 256, 1010, 1011, 4044.0).front(), 1010u);
    EXPECT_EQ(counter.turns_by_clock(), 2u);
}

TEST(WideCounter, FindsTurnsLostWithoutASilenceWithinHalfASecond) {
    WideCounter counter{16, kRate};
    std::uint64_t i = 0;
    for (; i < 1000; i += 5) widen(counter, 16, i, i + 5, static_cast<double>(i) + 5.0);
    i += 32;  // two whole turns, in 32 ms
    std::uint64_t last = 0;
    for (; i < 2200; i += 5) last = widen(counter, 16, i, i + 5, static_cast<double>(i) + 5.0).back();
    EXPECT_EQ(last, i - 1);
    EXPECT_EQ(counter.turns_by_clock(), 2u);
}

TEST(WideCounter, PutsALateFrameWhereItBelongs) {
    WideCounter counter{256, Rate{250, 1}};
    counter.arrived(4, 5, at_ms(20.0));
    std::vector<std::uint64_t> counts;
    for (const std::uint64_t raw : {0u, 1u, 2u, 3u, 4u}) counts.push_back(counter.widen(raw).value());
    counter.arrived(5, 2, at_ms(28.0));
    EXPECT_EQ(counter.widen(6), 6u);
    EXPECT_EQ(counter.widen(5), 5u);
    counter.arrived(7, 2, at_ms(32.0));
    EXPECT_EQ(counter.widen(7), 7u);
    EXPECT_EQ(counter.widen(7), 7u) << "a repeat keeps its number";
}

// Protocols without a checksum: a bit of the number turns, and the frames after it stay in place.
TEST(WideCounter, ADamagedNumberMovesNoOtherFrame) {
    for (const std::uint64_t modulus : {256u, 65536u}) {
        WideCounter counter{modulus, kRate};
        Random random{3};
        std::uint64_t n_dropped = 0;
        for (std::uint64_t i = 0; i < 200'000; ++i) {
            const bool damaged = i % 100 == 99;
            const std::uint64_t raw = damaged ? (i % modulus) ^ (std::uint64_t{1} << random.below(modulus == 256 ? 8 : 16)) : i % modulus;
            counter.arrived(raw, 1, at_ms(static_cast<double>(i) + 1.0));
            const auto count = counter.widen(raw);
            n_dropped += !count;
            if (!damaged) {
                ASSERT_EQ(count, i) << "modulus " << modulus;
            }
        }
        EXPECT_GT(n_dropped, 100u) << "numbers beyond all time are told";
    }
}

// It began anew, or we were away: the second number agrees with the first, and is believed.
TEST(WideCounter, BelievesAJumpThatTheNextFrameConfirms) {
    WideCounter counter{65536, kRate};
    widen(counter, 65536, 0, 100, 100.0);
    counter.arrived(40000, 1, at_ms(101.0));
    EXPECT_FALSE(counter.widen(40000).has_value());
    counter.arrived(40001, 1, at_ms(102.0));
    EXPECT_EQ(counter.widen(40001), 40001u);
}

// A fast clock of 500 ppm moves the frames ahead by 1.8 s in an hour, which is no loss.
TEST(WideCounter, BearsADriftingClock) {
    for (const double ppm : {-300.0, 300.0}) {
        WideCounter counter{256, Rate{250, 1}};
        for (std::uint64_t i = 0; i < 250 * 3600; i += 5) {
            const double arrival_ms = (static_cast<double>(i) + 5.0) * 4.0 / (1.0 + 1e-6 * ppm);
            ASSERT_EQ(widen(counter, 256, i, i + 5, arrival_ms).back(), i + 4);
        }
    }
}

// Whatever number a damaged one turns into: those after it are where they belong, and not a turn ahead.
TEST(WideCounter, IsNotMovedByADamagedNumber) {
    for (std::uint64_t wrong = 1; wrong < 256; ++wrong) {
        WideCounter counter{256, Rate{250, 1}};
        std::uint64_t n = 0;
        std::uint64_t last = 0;
        for (int read = 0; read < 400; ++read) {
            constexpr std::uint64_t kPerRead = 3;
            const auto raw = [&](std::uint64_t i) { return (i + (i == 603 ? wrong : 0)) % 256; };
            counter.arrived(raw(n + kPerRead - 1), kPerRead, static_cast<std::int64_t>(n) * 4'000'000);
            for (std::uint64_t i = 0; i < kPerRead; ++i, ++n) {
                if (const auto wide = counter.widen(raw(n)); wide && n != 603) last = *wide;
            }
        }
        EXPECT_EQ(last, n - 1) << "a number " << wrong << " too high";
    }
}

}  // namespace
}  // namespace tonus
