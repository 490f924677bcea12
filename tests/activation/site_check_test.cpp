#include "engine/activation/site_check.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr SideLevels kRest{.left_uv = 3.0, .right_uv = 2.0};

/// The RMS of raises given in resting levels.
SideLevels raised(double left, double right) {
    return {kRest.left_uv * std::hypot(left, 1.0), kRest.right_uv * std::hypot(right, 1.0)};
}

SiteFinding after(SideLevels left_trial, SideLevels right_trial) {
    SiteCheck check{"MF", kRest};
    check.trial(SiteSide::left, left_trial);
    check.trial(SiteSide::right, right_trial);
    return check.finding();
}

TEST(SiteCheck, IsContentWhenEachSideRisesThreeTimesMoreThanItsMirror) {
    const SiteFinding finding = after(raised(20, 5), raised(4, 25));
    EXPECT_EQ(finding.verdict, SiteVerdict::ok);
    EXPECT_EQ(finding.advice, "");
    EXPECT_EQ(after(raised(20, 6.66), raised(4, 25)).verdict, SiteVerdict::ok);
    EXPECT_EQ(after(raised(20, 6.68), raised(4, 25)).verdict, SiteVerdict::unclear);
}

TEST(SiteCheck, CountsInRestingLevelsNotInMicrovolts) {
    // 15 uV against 6 uV are 2.5 times in microvolts; over rests of 1 and 3 uV they are 7 times.
    SiteCheck check{"LT", {.left_uv = 1.0, .right_uv = 3.0}};
    check.trial(SiteSide::left, {15.0, 6.0});
    check.trial(SiteSide::right, {2.0, 30.0});
    EXPECT_EQ(check.finding().verdict, SiteVerdict::ok);
}

TEST(SiteCheck, SeesExchangedCables) {
    const SiteFinding finding = after(raised(4, 20), raised(25, 5));
    EXPECT_EQ(finding.verdict, SiteVerdict::swapped);
    EXPECT_EQ(finding.advice, "MF: the other side rises; check left/right or cables");
}

TEST(SiteCheck, SaysWhichSideIsDead) {
    EXPECT_EQ(after(raised(0.1, 5), raised(0.2, 25)).verdict, SiteVerdict::dead) << "not exchanged: the left never rises";
    EXPECT_NE(after(raised(0.1, 5), raised(0.2, 25)).advice.find("left side never rises"), std::string::npos);
    EXPECT_NE(after(raised(20, 0), raised(5, 0)).advice.find("right side never rises"), std::string::npos);
    EXPECT_EQ(after(raised(1, 1), raised(1, 1)).verdict, SiteVerdict::dead);
    EXPECT_NE(after(raised(1, 1), raised(1, 1)).advice.find("neither side"), std::string::npos);
}

TEST(SiteCheck, LeavesOpenWhatTheEffortsDoNotShow) {
    EXPECT_EQ(after(raised(20, 18), raised(18, 20)).verdict, SiteVerdict::unclear) << "both sides worked";
    EXPECT_EQ(after(raised(20, 4), raised(20, 4)).verdict, SiteVerdict::unclear) << "the left both times";
    EXPECT_NE(after(raised(20, 18), raised(18, 20)).advice, "");

    SiteCheck one{"MF", kRest};
    EXPECT_EQ(one.finding().verdict, SiteVerdict::unclear);
    one.trial(SiteSide::left, raised(20, 4));
    EXPECT_EQ(one.finding().verdict, SiteVerdict::unclear) << "the right may be dead";
    one.trial(SiteSide::right, raised(4, 20));
    EXPECT_EQ(one.finding().verdict, SiteVerdict::ok);
    one.trial(SiteSide::right, raised(20, 4));
    EXPECT_EQ(one.finding().verdict, SiteVerdict::unclear) << "each effort must agree";
}

TEST(SiteCheck, SaysNothingOfLevelsThatAreNone) {
    SiteCheck no_rest{"MF", {.left_uv = 0.0, .right_uv = 2.0}};
    no_rest.trial(SiteSide::left, {20, 2});
    no_rest.trial(SiteSide::right, {2, 20});
    EXPECT_EQ(no_rest.finding().verdict, SiteVerdict::unclear);
    EXPECT_EQ(after({std::nan(""), 2.0}, raised(4, 25)).verdict, SiteVerdict::unclear);
    EXPECT_EQ(after(raised(20, 4), {4.0, std::numeric_limits<double>::infinity()}).verdict, SiteVerdict::unclear);
}

TEST(SiteCheck, RefusesSettingsThatDecideNothing) {
    EXPECT_THROW((SiteCheck{"MF", kRest, {.ratio_min = 1.0}}), Error);
    EXPECT_THROW((SiteCheck{"MF", kRest, {.raise_min = 0.0}}), Error);
}

TEST(SiteCheck, NamesItsVerdicts) {
    EXPECT_EQ(site_verdict_name(SiteVerdict::ok), "ok");
    EXPECT_EQ(site_verdict_name(SiteVerdict::swapped), "swapped");
    EXPECT_EQ(site_verdict_name(SiteVerdict::dead), "dead");
    EXPECT_EQ(site_verdict_name(SiteVerdict::unclear), "unclear");
}

}  // namespace
}  // namespace tonus
