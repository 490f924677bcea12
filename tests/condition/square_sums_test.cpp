#include "engine/condition/square_sums.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "engine/core/block.hpp"
#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

// To the bit: the order of additions is part of the contract, and squares of floats are exact.
TEST(SquareSums, AreTheScalarLoopOnEveryInstructionSet) {
    constexpr std::size_t kStride = 24, kFrames = 32;
    Random random{3};
    std::vector<float> samples(kFrames * kStride);
    std::vector<double> wide(samples.size());
    std::vector<std::uint8_t> flags(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<float>(100.0 * random.normal());
        wide[i] = random.normal();
        flags[i] = random.uniform() < 0.2 ? static_cast<std::uint8_t>(1u << random.below(8)) : std::uint8_t{0};
    }
    std::vector<double> square(kStride, 1.0), fourth(kStride, 2.0), of_wide(kStride, 3.0);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (flags[i] != 0) continue;
        const double x2 = static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
        square[i % kStride] += x2;
        fourth[i % kStride] += x2 * x2;
        of_wide[i % kStride] += wide[i] * wide[i];
    }
    test::each_target([&] {
        std::vector<double> a(kStride, 1.0), b(kStride, 1.0), c(kStride, 2.0), d(kStride, 3.0);
        add_squares(FlaggedFrames<float>{samples.data(), flags.data(), kStride, kFrames}, a.data());
        add_squares_and_fourths({samples.data(), flags.data(), kStride, kFrames}, b.data(), c.data());
        add_squares(FlaggedFrames<double>{wide.data(), flags.data(), kStride, kFrames}, d.data());
        EXPECT_EQ(a, square);
        EXPECT_EQ(b, square);
        EXPECT_EQ(c, fourth);
        EXPECT_EQ(d, of_wide);
    });
}

/// A flag in one channel sends that group of channels another way than the rest.
TEST(SquareSums, SayWhetherAnythingWasFlagged) {
    constexpr std::size_t kStride = 40, kFrames = 9;
    Random random{4};
    std::vector<float> samples(kFrames * kStride);
    for (float& x : samples) x = static_cast<float>(random.normal());
    for (std::size_t flagged = 0; flagged < samples.size() + 23; flagged += 23) {
        std::vector<std::uint8_t> flags(samples.size(), 0);
        if (flagged < flags.size()) flags[flagged] = sample_flag::spike;
        std::vector<double> square(kStride, 0.0);
        std::vector<float> sum(kStride, 0.5f);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            sum[i % kStride] += samples[i];
            if (i != flagged) square[i % kStride] += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
        }
        test::each_target([&] {
            std::vector<double> a(kStride, 0.0);
            std::vector<float> b(kStride, 0.5f);
            const FlaggedFrames<float> frames{samples.data(), flags.data(), kStride, kFrames};
            EXPECT_EQ(add_squares(frames, a.data()), flagged < flags.size());
            add_samples(frames, b.data());
            EXPECT_EQ(a, square);
            EXPECT_EQ(b, sum);
        });
    }
}

TEST(SquareSums, SeesAFlagInAnyOfEightChannelsAndInNoOther) {
    std::vector<std::uint8_t> flags(4 * 16, 0);
    EXPECT_FALSE(any_flagged(flags.data(), 16, 4));
    flags[3 * 16 + 8] = 1;
    EXPECT_FALSE(any_flagged(flags.data(), 16, 4));
    flags[3 * 16 + 7] = 1;
    EXPECT_TRUE(any_flagged(flags.data(), 16, 4));
}

}  // namespace
}  // namespace tonus
