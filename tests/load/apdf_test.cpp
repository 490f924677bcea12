#include "engine/load/apdf.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr int kTicksInASecond = 100;

void hold(Apdf& apdf, float mvc, int seconds) {
    for (int i = 0; i < seconds * kTicksInASecond; ++i) apdf.process(mvc);
}

TEST(Golden, G38_ApdfOfThreeLevels) {
    Apdf apdf;
    hold(apdf, 0.10f, 60);
    hold(apdf, 0.25f, 25);
    hold(apdf, 0.45f, 15);
    const auto levels = apdf.levels();
    ASSERT_TRUE(levels);
    EXPECT_NEAR(100.0 * levels->static_mvc, 10.0, 0.25);
    EXPECT_NEAR(100.0 * levels->median_mvc, 10.0, 0.25);
    EXPECT_NEAR(100.0 * levels->peak_mvc, 45.0, 0.25);
    EXPECT_NEAR(100.0 * apdf.time_above().value(), 15.0, 1e-9);
    EXPECT_NEAR(100.0 * apdf.mean_excess_mvc().value(), 45.0 - 100.0 / 3.0, 1e-4);
}

TEST(Apdf, ReadsTheLevelsOfARamp) {
    Apdf apdf;
    for (int i = 0; i < 10'000; ++i) apdf.process(static_cast<float>(i) * 1e-4f);
    EXPECT_NEAR(apdf.percentile(0.1).value(), 0.10, 0.0025);
    EXPECT_NEAR(apdf.percentile(0.5).value(), 0.50, 0.0025);
    EXPECT_NEAR(apdf.percentile(0.9).value(), 0.90, 0.0025);
    EXPECT_NEAR(apdf.time_above().value(), 2.0 / 3.0, 1e-3);
    EXPECT_NEAR(apdf.mean_excess_mvc().value(), 1.0 / 3.0, 1e-3);
}

TEST(Apdf, ReadsAConstantLoadWithinHalfABin) {
    for (const float mvc : {0.0f, 0.0024f, 0.101f, 0.333f, 0.4975f, 1.999f, 2.0f}) {
        Apdf apdf;
        hold(apdf, mvc, 1);
        for (const double share : {0.0, 0.1, 0.5, 0.9, 1.0}) {
            EXPECT_NEAR(apdf.percentile(share).value(), static_cast<double>(mvc), 0.00501) << share;
        }
        EXPECT_NEAR(apdf.percentile(0.5).value(), static_cast<double>(mvc), 0.00251);
    }
}

TEST(Apdf, TakesTheLimitItselfAsAbove) {
    Apdf apdf{{.limit_mvc = 0.3f}};
    hold(apdf, 0.3f, 1);
    EXPECT_EQ(apdf.time_above(), 1.0);
    EXPECT_EQ(apdf.mean_excess_mvc(), 0.0);
}

TEST(Apdf, LeavesOutWhatIsNotKnown) {
    Apdf apdf;
    EXPECT_FALSE(apdf.percentile(0.5));
    EXPECT_FALSE(apdf.levels());
    EXPECT_FALSE(apdf.time_above());
    EXPECT_FALSE(apdf.mean_excess_mvc());
    hold(apdf, 0.40f, 1);
    for (int i = 0; i < 900; ++i) apdf.process(0.0f, false);
    apdf.process(std::nanf(""));
    EXPECT_EQ(apdf.n_valid(), 100u);
    EXPECT_EQ(apdf.time_above(), 1.0);
    EXPECT_NEAR(apdf.percentile(0.1).value(), 0.40, 0.0025);
}

TEST(Apdf, CountsWhatIsBeyondItsScaleAtItsEnds) {
    Apdf apdf;
    hold(apdf, 17.0f, 1);
    EXPECT_NEAR(apdf.percentile(0.5).value(), 2.0, 0.0025);
    Apdf below;
    hold(below, -1.0f, 1);
    EXPECT_NEAR(below.percentile(0.5).value(), 0.0, 0.0025);
}

TEST(Apdf, RefusesALimitInPercent) {
    EXPECT_THROW(Apdf({.limit_mvc = 33.3f}), Error);
    EXPECT_THROW(Apdf({.limit_mvc = 0.0f}), Error);
}

}  // namespace
}  // namespace tonus
