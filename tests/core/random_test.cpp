#include "engine/core/random.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace tonus {
namespace {

// The published test of splitmix64 for the seed 1234567.
TEST(Random, SplitMixGivesItsPublishedNumbers) {
    SplitMix64 mix{1234567};
    EXPECT_EQ(mix.next(), 6457827717110365317u);
    EXPECT_EQ(mix.next(), 3203168211198807973u);
    EXPECT_EQ(mix.next(), 9817491932198370423u);
}

// Computed with the published algorithms of splitmix64 and xoshiro256++ in Python's integers; that
// program gives 41943041, 58720359, 3588806011781223, ... for the state 1 2 3 4, as published.
TEST(Random, XoshiroGivesTheNumbersOfAnIndependentProgram) {
    Random seven{7};
    for (const std::uint64_t expected : {0x1979107c18697939u, 0x5c04ca41dca92972u,
                                         0xea9000b6fd2c5220u, 0x19def97948721bcfu}) {
        EXPECT_EQ(seven.next(), expected);
    }
    Random zero{0};
    EXPECT_EQ(zero.next(), 0x84f09bf307c1073au);
}

TEST(Random, GivesEachStreamOfASeedItsOwnNumbers) {
    Random stream{7, 1};
    EXPECT_EQ(stream.next(), 0xd3808047acebe6dfu);
    EXPECT_EQ(stream.next(), 0xd983846e499666c1u);
}

// Bounds are four standard errors of each moment; the seed is fixed, so this never flickers.
TEST(Random, NormalDeviatesHaveTheMomentsOfTheNormalDistribution) {
    Random random{1};
    constexpr int kN = 1'000'000;
    double sum1 = 0.0, sum2 = 0.0, sum3 = 0.0, sum4 = 0.0;
    int n_beyond_2 = 0;
    for (int i = 0; i < kN; ++i) {
        const double x = random.normal();
        sum1 += x;
        sum2 += x * x;
        sum3 += x * x * x;
        sum4 += x * x * x * x;
        n_beyond_2 += std::abs(x) > 2.0 ? 1 : 0;
    }
    EXPECT_NEAR(sum1 / kN, 0.0, 4.0 * std::sqrt(1.0 / kN));
    EXPECT_NEAR(sum2 / kN, 1.0, 4.0 * std::sqrt(2.0 / kN));
    EXPECT_NEAR(sum3 / kN, 0.0, 4.0 * std::sqrt(15.0 / kN));
    EXPECT_NEAR(sum4 / kN, 3.0, 4.0 * std::sqrt(96.0 / kN));
    EXPECT_NEAR(static_cast<double>(n_beyond_2) / kN, 0.0455, 0.0009);
}

// The polar method makes deviates in pairs: neighbours must not know of each other.
TEST(Random, NeighbouringNormalDeviatesAreUncorrelated) {
    Random random{2};
    constexpr int kN = 1'000'000;
    double product = 0.0;
    double before = random.normal();
    for (int i = 0; i < kN; ++i) {
        const double x = random.normal();
        product += before * x;
        before = x;
    }
    EXPECT_NEAR(product / kN, 0.0, 4.0 * std::sqrt(1.0 / kN));
}

TEST(Random, DrawsEveryNumberBelowALimitEquallyOften) {
    Random random{3};
    constexpr int kN = 700'000;
    std::array<int, 7> counts{};
    for (int i = 0; i < kN; ++i) ++counts.at(random.below(7));
    double chi_square = 0.0;
    for (const int count : counts) chi_square += std::pow(count - kN / 7, 2) / (kN / 7.0);
    EXPECT_LT(chi_square, 22.5);  // 6 degrees of freedom: exceeded once in 1000
}

TEST(Random, UniformNumbersStayBelowOne) {
    Random random{4};
    double least = 1.0, most = 0.0;
    for (int i = 0; i < 1'000'000; ++i) {
        const double x = random.uniform();
        least = std::min(least, x);
        most = std::max(most, x);
    }
    EXPECT_GE(least, 0.0);
    EXPECT_LT(least, 1e-5);
    EXPECT_LT(most, 1.0);
    EXPECT_GT(most, 1.0 - 1e-5);
}

TEST(Random, TheSystemGivesADifferentSeedEachTime) {
    EXPECT_NE(entropy_seed(), entropy_seed());
}

}  // namespace
}  // namespace tonus
