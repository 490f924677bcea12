#include "engine/load/load_flag.hpp"

#include <string>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/load/load_input.hpp"

namespace tonus {
namespace {

/// Feeds a load for a time and returns every result.
class Feeder {
public:
    explicit Feeder(LoadFlagConfig config = {}) : flag_(config) {}

    LoadResult value(float mvc, int ticks) {
        for (int i = 0; i < ticks; ++i) step({.index = tick_, .value_mvc = mvc, .valid = true});
        return last_;
    }
    LoadResult nothing(Reason reason, int ticks) {
        for (int i = 0; i < ticks; ++i) step({.index = tick_, .reason = reason});
        return last_;
    }
    int n_raised = 0, n_cleared = 0;
    std::uint64_t raised_at = 0, since = 0;

private:
    void step(LoadTick load) {
        last_ = flag_.process(load);
        if (last_.raised) {
            ++n_raised;
            raised_at = load.index;
            since = last_.since;
        }
        if (last_.cleared) ++n_cleared;
        ++tick_;
    }
    LoadFlag flag_;
    LoadResult last_;
    std::uint64_t tick_ = 0;
};

TEST(LoadFlag, RisesAfterHalfASecondAboveAThird) {
    Feeder feed;
    EXPECT_EQ(feed.value(0.20f, 100).state, LoadState::under);
    EXPECT_EQ(feed.value(0.40f, 49).state, LoadState::under);
    EXPECT_EQ(feed.value(0.40f, 1).state, LoadState::over);
    EXPECT_EQ(feed.raised_at, 149u);
    EXPECT_EQ(feed.since, 100u) << "the first crossing";
}

TEST(LoadFlag, ClearsOnlyAtTheRelease) {
    Feeder feed;
    feed.value(0.40f, 60);
    EXPECT_EQ(feed.value(0.32f, 500).state, LoadState::over) << "between release and limit it holds";
    EXPECT_EQ(feed.value(0.29f, 49).state, LoadState::over);
    EXPECT_EQ(feed.value(0.29f, 1).state, LoadState::under);
    EXPECT_EQ(feed.n_cleared, 1);
}

TEST(LoadFlag, TakesALoadAtTheLimitAsTooMuch) {
    Feeder feed;
    EXPECT_EQ(feed.value(1.0f / 3.0f, 50).state, LoadState::over);
}

// A load a tenth over the limit dips under it by chance; "continuously above" would miss it.
TEST(LoadFlag, CountsUpAndDown) {
    Feeder feed;
    int ticks = 0;
    while (feed.n_raised == 0 && ticks < 1000) {
        feed.value(0.36f, 4);
        feed.value(0.33f, 1);
        ticks += 5;
    }
    EXPECT_NEAR(ticks, 50 * 5 / 3, 5);
}

TEST(LoadFlag, DoesNotRiseOnShortPeaks) {
    Feeder feed;
    for (int i = 0; i < 50; ++i) {
        feed.value(0.9f, 20);
        feed.value(0.1f, 25);
    }
    EXPECT_EQ(feed.n_raised, 0);
}

TEST(LoadFlag, IsUnknownUntilItsFirstValue) {
    Feeder feed;
    const LoadResult result = feed.nothing(Reason::mvc_missing, 10);
    EXPECT_EQ(result.state, LoadState::unknown);
    EXPECT_EQ(result.reason, Reason::mvc_missing);
}

TEST(LoadFlag, IsUnknownAtOnceWhenItIsNotRaisedAndTheValueIsMissing) {
    Feeder feed;
    feed.value(0.2f, 100);
    const LoadResult result = feed.nothing(Reason::gap, 1);
    EXPECT_EQ(result.state, LoadState::unknown);
    EXPECT_EQ(result.reason, Reason::gap);
    EXPECT_EQ(feed.value(0.2f, 1).state, LoadState::under);
}

TEST(LoadFlag, HoldsARaisedFlagForASecondWithoutAValue) {
    Feeder feed;
    feed.value(0.5f, 60);
    LoadResult result = feed.nothing(Reason::lead_off, 100);
    EXPECT_EQ(result.state, LoadState::over);
    EXPECT_EQ(result.reason, Reason::lead_off) << "marked as held on old data";
    EXPECT_EQ(feed.nothing(Reason::lead_off, 1).state, LoadState::unknown);
    EXPECT_EQ(feed.value(0.5f, 49).state, LoadState::under) << "the dwell starts anew";
    EXPECT_EQ(feed.value(0.5f, 1).state, LoadState::over);
}

TEST(LoadFlag, KeepsTheDwellOverAShortHole) {
    Feeder feed;
    feed.value(0.4f, 30);
    feed.nothing(Reason::gap, 50);
    EXPECT_EQ(feed.value(0.4f, 20).state, LoadState::over);
}

TEST(LoadFlag, RefusesSettingsThatCannotWork) {
    EXPECT_THROW(LoadFlag({.limit_mvc = 0.3f, .release_mvc = 0.4f}), Error);
    EXPECT_THROW(LoadFlag({.limit_mvc = 0.3f, .release_mvc = 0.0f}), Error);
    EXPECT_THROW(LoadFlag({.limit_mvc = 33.3f, .release_mvc = 30.0f}), Error) << "percent for a fraction";
    EXPECT_THROW(LoadFlag({.raise_s = 0.123}), Error);
    try {
        LoadFlag({.limit_mvc = 0.3f, .release_mvc = 0.4f});
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("release_mvc = 0.4"), std::string::npos) << error.what();
        EXPECT_EQ(error.kind(), ErrorKind::usage);
    }
}

GroupEstimate group(float value) {
    GroupEstimate g;
    g.planned = g.valid = true;
    g.reason = Reason::none;
    g.value = value;
    return g;
}

GroupEstimate no_value(Reason reason) {
    GroupEstimate g;
    g.planned = true;
    g.reason = reason;
    return g;
}

TEST(LoadInput, IsTheLargerGroup) {
    GroupTick tick;
    tick.local = group(0.2f);
    tick.global = group(0.4f);
    const LoadTick load = load_input(tick, 0.333f);
    EXPECT_TRUE(load.valid);
    EXPECT_EQ(load.value_mvc, 0.4f);
}

TEST(LoadInput, LeavesAGroupOutThatTheMontageDoesNotPlan) {
    GroupTick tick;
    tick.local = group(0.2f);
    EXPECT_TRUE(load_input(tick, 0.333f).valid);
    EXPECT_EQ(load_input(tick, 0.333f).value_mvc, 0.2f);
}

TEST(LoadInput, IsUnknownWhenAPlannedGroupHasNoValue) {
    GroupTick tick;
    tick.local = no_value(Reason::lead_off);
    tick.global = group(0.2f);
    const LoadTick load = load_input(tick, 0.333f);
    EXPECT_FALSE(load.valid);
    EXPECT_EQ(load.reason, Reason::lead_off);
    tick.global = group(0.5f);
    EXPECT_TRUE(load_input(tick, 0.333f).valid) << "over the limit, whatever the other group does";
}

// The group that is missing may be the one that matters: the flag may rise on what is known, but
// what is known can never be called under.
TEST(LoadInput, NeverGivesUnderWithAGroupMissing) {
    GroupTick tick;
    tick.local = no_value(Reason::lead_off);
    tick.global = group(0.5f);
    LoadFlag flag{{}};
    for (int i = 0; i < 200; ++i) {
        tick.index = static_cast<std::uint64_t>(i);
        const LoadResult result = flag.process(load_input(tick, 1.0f / 3.0f));
        ASSERT_EQ(result.state, i < 49 ? LoadState::unknown : LoadState::over) << i;
        ASSERT_EQ(result.reason, i < 49 ? Reason::lead_off : Reason::none);
    }
}

TEST(LoadInput, TakesAClippedChannelAsOverload) {
    GroupTick tick;
    tick.local = group(0.1f);
    tick.local.saturated = true;
    tick.global = group(0.1f);
    EXPECT_EQ(load_input(tick, 0.333f).value_mvc, 2.0f);
}

TEST(LoadInput, HasNothingToSayWithoutGroups) {
    const LoadTick load = load_input(GroupTick{}, 0.333f);
    EXPECT_FALSE(load.valid);
    EXPECT_EQ(load.reason, Reason::no_group);
}

}  // namespace
}  // namespace tonus
