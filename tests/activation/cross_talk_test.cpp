#include "engine/activation/cross_talk.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

namespace tonus {
namespace {

const std::vector<double> kCoupling{1.0, 0.20, 0.02, 0.15, 1.0, 0.20, 0.02, 0.15, 1.0};
const std::array<double, 3> kMuscles{30.0, 60.0, 10.0};

/// What the electrodes see of the muscles: powers add.
std::vector<double> at_the_skin(const std::vector<double>& coupling, std::span<const double> muscles) {
    const std::size_t n = muscles.size();
    std::vector<double> site(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) site[i] += std::pow(coupling[i * n + j] * muscles[j], 2.0);
        site[i] = std::sqrt(site[i]);
    }
    return site;
}

TEST(Golden, G33_CrossTalkIsTakenOffInPower) {
    const std::vector<double> site = at_the_skin(kCoupling, kMuscles);
    EXPECT_NEAR(site[0], 32.3116, 1e-4);
    EXPECT_NEAR(site[1], 60.2017, 1e-4);
    EXPECT_NEAR(site[2], 13.4670, 1e-4);
    CrossTalk cross_talk{{.enabled = true, .n_sites = 3, .coupling = kCoupling}};
    const std::span<const double> muscle = cross_talk.process(site);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(muscle[i], kMuscles[i], 1e-6);
}

// The common error: in amplitude the same matrix takes half of the weakest muscle away.
TEST(CrossTalk, IsNotTakenOffInAmplitude) {
    const std::vector<double> site = at_the_skin(kCoupling, kMuscles);
    const Nnls amplitude{{.n_rows = 3, .n_columns = 3}, kCoupling};
    std::array<double, 3> wrong{};
    ASSERT_TRUE(amplitude.solve(site, wrong));
    EXPECT_NEAR(wrong[0], 21.0, 0.05);
    EXPECT_NEAR(wrong[1], 56.1, 0.05);
    EXPECT_NEAR(wrong[2], 4.6, 0.05);
}

TEST(CrossTalk, IsOffByDefault) {
    CrossTalk cross_talk{{.n_sites = 3, .coupling = kCoupling}};
    const std::array<double, 3> site{32.0, 60.0, 13.0};
    const std::span<const double> muscle = cross_talk.process(site);
    EXPECT_TRUE(std::equal(muscle.begin(), muscle.end(), site.begin()));
}

TEST(CrossTalk, GivesASilentMuscleZeroAndNeverLess) {
    CrossTalk cross_talk{{.enabled = true, .n_sites = 3, .coupling = kCoupling}};
    const std::array<double, 3> site{5.0, 60.0, 5.0};  // less than what the second muscle alone would put there
    const std::span<const double> muscle = cross_talk.process(site);
    EXPECT_EQ(muscle[0], 0.0);
    EXPECT_EQ(muscle[2], 0.0);
    EXPECT_NEAR(muscle[1], 60.0, 1.0);
}

TEST(CrossTalk, SaysNothingWhenASiteIsMissingAndForgetsItAtOnce) {
    CrossTalk cross_talk{{.enabled = true, .n_sites = 3, .coupling = kCoupling}};
    const std::array<double, 3> broken{30.0, std::numeric_limits<double>::quiet_NaN(), 10.0};
    for (const double value : cross_talk.process(broken)) EXPECT_TRUE(std::isnan(value));
    const std::vector<double> site = at_the_skin(kCoupling, kMuscles);
    EXPECT_NEAR(cross_talk.process(site)[0], 30.0, 1e-6);
}

TEST(CrossTalk, EstimatesItsCouplingFromATrial) {
    EXPECT_DOUBLE_EQ(coupling_from_trial(4.0, 100.0), 0.2);
    EXPECT_DOUBLE_EQ(coupling_from_trial(50.0, 100.0), 0.3) << "the other muscle worked as well";
    EXPECT_DOUBLE_EQ(coupling_from_trial(-1.0, 100.0), 0.0) << "below rest by chance";
    EXPECT_DOUBLE_EQ(coupling_from_trial(1.0, 0.0), 0.0);
}

TEST(CrossTalk, RefusesAMatrixThatCannotBe) {
    EXPECT_THROW(CrossTalk({.n_sites = 2, .coupling = kCoupling}), Error);
    EXPECT_THROW(CrossTalk({.n_sites = 2, .coupling = {1.0, 0.4, 0.1, 1.0}}), Error);
    EXPECT_THROW(CrossTalk({.n_sites = 2, .coupling = {0.9, 0.1, 0.1, 1.0}}), Error);
    EXPECT_THROW(CrossTalk({.n_sites = 17, .coupling = std::vector<double>(289, 0.1)}), Error);
    EXPECT_THROW(CrossTalk({}), Error);
}

// The solution is the least of all non-negative ones exactly when no slope leads down: the
// gradient is zero where x is positive and not negative where x is zero.
TEST(Nnls, MeetsTheConditionsOfAMinimum) {
    Random random{55};
    for (int trial = 0; trial < 200; ++trial) {
        const std::size_t n_rows = 4 + random.below(13), n_columns = 1 + random.below(4);
        std::vector<double> a(n_rows * n_columns), b(n_rows), x(n_columns);
        for (double& value : a) value = random.normal();
        for (double& value : b) value = random.normal();
        const Nnls nnls{{.n_rows = n_rows, .n_columns = n_columns}, a};
        ASSERT_TRUE(nnls.solve(b, x));
        for (std::size_t j = 0; j < n_columns; ++j) {
            double slope = 0.0;
            for (std::size_t i = 0; i < n_rows; ++i) {
                double residual = b[i];
                for (std::size_t k = 0; k < n_columns; ++k) residual -= a[i * n_columns + k] * x[k];
                slope += a[i * n_columns + j] * residual;
            }
            ASSERT_GE(x[j], 0.0);
            ASSERT_LT(slope, 1e-9);
            ASSERT_GT(slope, x[j] > 0.0 ? -1e-9 : -1e9);
        }
    }
}

TEST(Nnls, RefusesColumnsThatRepeatOthers) {
    EXPECT_THROW(Nnls({.n_rows = 2, .n_columns = 2}, std::vector{1.0, 2.0, 2.0, 4.0}), Error);
    EXPECT_THROW(Nnls({.n_rows = 1, .n_columns = 1}, std::vector{0.0}), Error);
    EXPECT_THROW(Nnls({.n_rows = 1, .n_columns = 17}, std::vector<double>(17, 1.0)), Error);
}

}  // namespace
}  // namespace tonus
