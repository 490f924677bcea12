#include "engine/activation/balance.hpp"

#include <cmath>
#include <functional>
#include <numbers>

#include <gtest/gtest.h>

namespace tonus {
namespace {

/// A pair of curves over one turn of the phase, as it streams by.
Balance over_a_turn(const std::function<Pair(double)>& pair_at) {
    Balance balance;
    constexpr int kTicks = 20'000;
    for (int i = 0; i < kTicks; ++i) balance.process(pair_at(2.0 * std::numbers::pi * (i + 0.5) / kTicks));
    return balance;
}

Pair constants(double) { return {.first = 0.30, .second = 0.10}; }
Pair half_sines(double phase) { return {.first = 0.30 * std::abs(std::sin(phase)), .second = 0.20 * std::abs(std::sin(phase))}; }
Pair in_turn(double phase) {
    return {.first = 0.40 * std::sin(phase) * std::sin(phase), .second = 0.40 * std::cos(phase) * std::cos(phase)};
}
Pair disjoint(double phase) {
    return {.first = 0.40 * std::max(std::sin(phase), 0.0), .second = 0.40 * std::max(-std::sin(phase), 0.0)};
}

TEST(Golden, G34_SideIndexLogRatioAndSymmetry) {
    const Pair pair{.first = 0.30, .second = 0.20};
    EXPECT_NEAR(100.0 * side_index(pair).value(), 40.0, 1e-4);
    EXPECT_NEAR(log_ratio(pair).value(), 0.58496, 1e-4);
    EXPECT_NEAR(100.0 * limb_symmetry(pair).value(), 66.6667, 1e-4);
}

TEST(Golden, G34_CoContractionOfWinterAndRudolph) {
    const auto winter = [](const Balance& b) { return 100.0 * b.co_contraction_winter().value(); };
    const auto rudolph = [](const Balance& b) { return 100.0 * b.co_contraction_rudolph().value(); };
    EXPECT_NEAR(winter(over_a_turn(constants)), 50.0, 1e-4);
    EXPECT_NEAR(winter(over_a_turn(half_sines)), 80.0, 1e-4);
    EXPECT_NEAR(winter(over_a_turn(in_turn)), 36.338, 1e-4);
    EXPECT_NEAR(winter(over_a_turn(disjoint)), 0.0, 1e-4);
    EXPECT_NEAR(rudolph(over_a_turn(constants)), 13.3333, 1e-4);
    EXPECT_NEAR(rudolph(over_a_turn(half_sines)), 21.2207, 1e-4);
    EXPECT_NEAR(rudolph(over_a_turn(in_turn)), 10.9296, 1e-4);
    EXPECT_NEAR(rudolph(over_a_turn(disjoint)), 0.0, 1e-4);
}

TEST(Balance, ChangesItsSignWithTheSides) {
    EXPECT_DOUBLE_EQ(side_index({0.20, 0.30}).value(), -0.4);
    EXPECT_DOUBLE_EQ(log_ratio({0.20, 0.30}).value(), -log_ratio({0.30, 0.20}).value());
    EXPECT_DOUBLE_EQ(limb_symmetry({0.20, 0.30}).value(), limb_symmetry({0.30, 0.20}).value());
    EXPECT_DOUBLE_EQ(side_index({0.30, 0.0}).value(), 2.0) << "its range ends at one silent side";
}

// A tremor of 2 % on one side and 1 % on the other is no imbalance of a back.
TEST(Balance, RefusesToCompareNoiseWithNoise) {
    EXPECT_FALSE(side_index({0.05, 0.01}));
    EXPECT_TRUE(side_index({0.0501, 0.01}));
    EXPECT_FALSE(log_ratio({0.05, 0.01}));
    EXPECT_FALSE(log_ratio({0.30, 0.0})) << "of a silent side no ratio is known";
    EXPECT_FALSE(limb_symmetry({0.05, 0.05}));
    EXPECT_FALSE(side_index({std::nan(""), 0.30}));

    const Balance quiet = over_a_turn([](double) { return Pair{.first = 0.04, .second = 0.04}; });
    EXPECT_FALSE(quiet.co_contraction_winter()) << "it would be 100 %";
    EXPECT_FALSE(quiet.co_contraction_rudolph());
    EXPECT_FALSE(quiet.agonist_ratio());
    EXPECT_FALSE(Balance{}.side_index());
}

TEST(Balance, IsThatOfTheMeansOverASet) {
    Balance balance;
    balance.process({.first = 0.10, .second = 0.30});
    balance.process({.first = 0.50, .second = 0.10});
    EXPECT_DOUBLE_EQ(balance.mean().first, 0.30);
    EXPECT_DOUBLE_EQ(balance.side_index().value(), 0.4);
    EXPECT_DOUBLE_EQ(balance.agonist_ratio().value(), 1.5);
    EXPECT_GT(balance.side_index().value(), kSideDifference);
}

TEST(Balance, LeavesOutTicksThatLackASide) {
    Balance balance;
    balance.process({.first = 0.30, .second = 0.20});
    balance.process({.first = 0.30, .second = 0.0}, false);
    balance.process({.first = 0.30, .second = std::nan("")});
    EXPECT_EQ(balance.n_valid(), 1u);
    EXPECT_NEAR(balance.side_index().value(), 0.4, 1e-12);
    EXPECT_FALSE([] { Balance b; b.process({0.3, 0.0}); return b.agonist_ratio(); }());
}

}  // namespace
}  // namespace tonus
