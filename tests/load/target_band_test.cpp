#include "engine/load/target_band.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

LoadTick load(float mvc) { return {.value_mvc = mvc, .valid = true}; }

BandState state_of(TargetBand& band, float mvc) { return band.process(load(mvc)).state; }

TEST(TargetBand, LeavesAtItsEdgesAndReturnsATenthInside) {
    TargetBand band;
    EXPECT_EQ(state_of(band, 0.15f), BandState::inside);
    EXPECT_EQ(state_of(band, 0.149f), BandState::below);
    EXPECT_EQ(state_of(band, 0.164f), BandState::below) << "inside the edge, not yet a tenth";
    EXPECT_EQ(state_of(band, 0.166f), BandState::inside);
    EXPECT_EQ(state_of(band, 0.329f), BandState::inside);
    EXPECT_EQ(state_of(band, 0.33f), BandState::above);
    EXPECT_EQ(state_of(band, 0.298f), BandState::above);
    EXPECT_EQ(state_of(band, 0.296f), BandState::inside);
}

TEST(TargetBand, CrossesTheWholeBandAtOnce) {
    TargetBand band;
    EXPECT_EQ(state_of(band, 0.05f), BandState::below);
    EXPECT_EQ(state_of(band, 0.60f), BandState::above);
    EXPECT_EQ(state_of(band, 0.05f), BandState::below);
}

TEST(TargetBand, DoesNotFlickerAtAnEdge) {
    TargetBand band;
    int n_changes = 0;
    for (int i = 0; i < 100; ++i) n_changes += band.process(load(i % 2 == 0 ? 0.335f : 0.325f)).changed ? 1 : 0;
    EXPECT_EQ(n_changes, 1) << "from unknown to above";
}

TEST(TargetBand, KeepsTheTimeInEachPart) {
    TargetBand band;
    for (int i = 0; i < 100; ++i) band.process(load(0.10f));
    for (int i = 0; i < 250; ++i) band.process(load(0.25f));
    for (int i = 0; i < 50; ++i) band.process(load(0.50f));
    for (int i = 0; i < 25; ++i) band.process({.reason = Reason::gap});
    EXPECT_NEAR(band.seconds_in(BandState::below), 1.0, 1e-9);
    EXPECT_NEAR(band.seconds_in(BandState::inside), 2.5, 1e-9);
    EXPECT_NEAR(band.seconds_in(BandState::above), 0.5, 1e-9);
    EXPECT_NEAR(band.seconds_in(BandState::unknown), 0.25, 1e-9);
}

TEST(TargetBand, IsUnknownAtOnceWithoutAValue) {
    TargetBand band;
    state_of(band, 0.5f);
    const BandResult result = band.process({.reason = Reason::lead_off});
    EXPECT_EQ(result.state, BandState::unknown);
    EXPECT_EQ(result.reason, Reason::lead_off);
    EXPECT_TRUE(result.changed);
    EXPECT_EQ(band.process(load(std::nanf(""))).reason, Reason::not_a_number);
    EXPECT_EQ(state_of(band, 0.31f), BandState::above) << "it was above a moment ago";
    for (int i = 0; i < 101; ++i) band.process({.reason = Reason::lead_off});
    EXPECT_EQ(state_of(band, 0.31f), BandState::inside) << "a second later that says nothing";
}

TEST(TargetBand, SaysOnlyAboveWhileAPartIsMissing) {
    TargetBand band;
    for (const float mvc : {0.1f, 0.25f}) {
        const BandResult result = band.process({.value_mvc = mvc, .valid = true, .reason = Reason::lead_off});
        EXPECT_EQ(result.state, BandState::unknown);
        EXPECT_EQ(result.reason, Reason::lead_off);
    }
    EXPECT_EQ(band.process({.value_mvc = 0.5f, .valid = true, .reason = Reason::lead_off}).state, BandState::above);
}

TEST(TargetBand, RefusesABandThatIsNone) {
    EXPECT_THROW(TargetBand({.low_mvc = 0.33f, .high_mvc = 0.15f}), Error);
    EXPECT_THROW(TargetBand({.low_mvc = 15.0f, .high_mvc = 33.0f}), Error) << "percent for a fraction";
    EXPECT_THROW(TargetBand({.low_mvc = 0.30f, .high_mvc = 0.33f}), Error) << "too narrow for its returns";
}

}  // namespace
}  // namespace tonus
