#include "engine/condition/square_sums.hpp"

#include <vector>

#include <gtest/gtest.h>

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
