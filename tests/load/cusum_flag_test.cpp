#include "engine/load/cusum_flag.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr Rate kRate{1000, 1};
constexpr double kRateHz = 1000.0;
constexpr double kTickSamples = 10.0;

EnergyLoad load_at(double mvc) { return {.energy_mvc2 = kTickSamples * mvc * mvc, .n_valid = kTickSamples, .valid = true}; }

/// Feeds loads for a time and keeps what happened.
class Feeder {
public:
    LoadResult feed(EnergyLoad load, int ticks = 1) {
        LoadResult result;
        for (int i = 0; i < ticks; ++i) {
            load.index = tick_++;
            result = flag_.process(load);
            if (result.raised) ++n_raised;
            if (result.cleared) ++n_cleared;
            if (result.raised || result.cleared) changed_at = load.index, since = result.since;
        }
        return result;
    }
    LoadResult value(double mvc, int ticks = 1) { return feed(load_at(mvc), ticks); }
    LoadResult nothing(Reason reason, int ticks = 1) { return feed({.reason = reason}, ticks); }

    int n_raised = 0, n_cleared = 0;
    std::uint64_t changed_at = 0, since = 0;

private:
    CusumFlag flag_{{.rate = kRate}};
    std::uint64_t tick_ = 0;
};

TEST(Golden, G36_CusumDriftsNeitherWayJustUnderAThird) {
    const CusumFlag flag{{.rate = kRate}};
    EXPECT_NEAR(100.0 * flag.zero_drift_mvc(), 33.2116, 1e-3);
}

TEST(CusumFlag, NeverRisesUnderItsZeroDriftAndAlwaysAbove) {
    Feeder under, above;
    under.value(0.3315, 100'000);
    above.value(0.3330, 100'000);
    EXPECT_EQ(under.n_raised, 0);
    EXPECT_EQ(above.n_raised, 1);
}

TEST(CusumFlag, SaysHowLongASteadyLoadTakes) {
    const CusumFlag flag{{.rate = kRate}};
    for (const double mvc : {0.36, 0.40, 0.50, 1.0}) {
        Feeder feeder;
        int ticks = 0;
        while (feeder.n_raised == 0) feeder.value(mvc), ++ticks;
        EXPECT_NEAR(0.01 * ticks, flag.delay_s(mvc), 0.0101) << mvc;
    }
    EXPECT_EQ(flag.delay_s(0.33), std::numeric_limits<double>::infinity());
}

TEST(CusumFlag, NamesTheTickOfTheChange) {
    Feeder feeder;
    feeder.value(0.20, 100);
    EXPECT_EQ(feeder.value(0.50, 20).state, LoadState::over);
    EXPECT_EQ(feeder.since, 100u);
    EXPECT_GT(feeder.changed_at, 105u);
    feeder.value(0.50, 80);
    EXPECT_EQ(feeder.value(0.20, 40).state, LoadState::under);
    EXPECT_EQ(feeder.n_cleared, 1);
    EXPECT_EQ(feeder.since, 200u);
}

TEST(CusumFlag, IsUnknownWithoutAnEnergy) {
    Feeder feeder;
    EXPECT_EQ(feeder.nothing(Reason::mvc_missing, 10).reason, Reason::mvc_missing);
    EXPECT_EQ(feeder.value(0.2, 10).state, LoadState::under);
    EXPECT_EQ(feeder.nothing(Reason::gap).state, LoadState::unknown);
    EXPECT_EQ(feeder.value(0.2).state, LoadState::under);
    EXPECT_EQ(feeder.feed({.valid = true}).state, LoadState::unknown) << "a sum over no samples says nothing";
}

TEST(CusumFlag, HoldsARaisedFlagForASecondWithoutAnEnergy) {
    Feeder feeder;
    feeder.value(0.5, 50);
    const LoadResult held = feeder.nothing(Reason::lead_off, 100);
    EXPECT_EQ(held.state, LoadState::over);
    EXPECT_EQ(held.reason, Reason::lead_off);
    EXPECT_EQ(feeder.nothing(Reason::lead_off).state, LoadState::unknown);
    EXPECT_EQ(feeder.value(0.5).state, LoadState::under) << "the evidence starts anew";
    EXPECT_EQ(feeder.value(0.5, 20).state, LoadState::over);
}

TEST(CusumFlag, KeepsTheEvidenceOverAShortHole) {
    Feeder whole, with_hole;
    whole.value(0.5, 5);
    with_hole.value(0.5, 5);
    with_hole.nothing(Reason::gap, 50);
    int n_whole = 0, n_hole = 0;
    while (whole.n_raised == 0) whole.value(0.5), ++n_whole;
    while (with_hole.n_raised == 0) with_hole.value(0.5), ++n_hole;
    EXPECT_EQ(n_hole, n_whole);
}

// The part that is missing may be the one that is too high.
TEST(CusumFlag, NeverSaysUnderWhileAPartIsMissing) {
    Feeder feeder;
    EnergyLoad part = load_at(0.2);
    part.reason = Reason::lead_off;
    const LoadResult result = feeder.feed(part, 200);
    EXPECT_EQ(result.state, LoadState::unknown);
    EXPECT_EQ(result.reason, Reason::lead_off);
    part.energy_mvc2 = load_at(0.5).energy_mvc2;
    EXPECT_EQ(feeder.feed(part, 20).state, LoadState::over);
}

TEST(CusumFlag, TakesClippingAsOverload) {
    Feeder feeder;
    feeder.value(0.1, 100);
    EXPECT_EQ(feeder.feed({.reason = Reason::saturated, .saturated = true}, 3).state, LoadState::over);
}

TEST(CusumFlag, IsNotPoisonedByANumberThatIsNone) {
    Feeder feeder;
    feeder.value(0.2, 100);
    EnergyLoad broken = load_at(0.2);
    broken.energy_mvc2 = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(feeder.feed(broken).reason, Reason::not_a_number);
    EXPECT_EQ(feeder.value(0.2).state, LoadState::under);
    EXPECT_EQ(feeder.value(0.5, 20).state, LoadState::over);
}

TEST(CusumFlag, TakesTheRestingNoiseOffInPower) {
    EXPECT_DOUBLE_EQ(energy_mvc2(10.0 * 25.0, 10.0, 3.0, 5.0), 10.0);
    EXPECT_DOUBLE_EQ(energy_mvc2(10.0 * 9.0, 10.0, 3.0, 5.0), 0.0);
    EXPECT_LT(energy_mvc2(0.0, 10.0, 3.0, 5.0), 0.0);
}

TEST(CusumFlag, RefusesSettingsThatCannotWork) {
    EXPECT_THROW(CusumFlag({.acceptable_mvc = 0.4, .rate = kRate}), Error) << "above the overload";
    EXPECT_THROW(CusumFlag({.acceptable_mvc = 30.0, .overload_mvc = 37.04, .rate = kRate}), Error) << "percent for a fraction";
    EXPECT_THROW(CusumFlag({.threshold = 0.0, .rate = kRate}), Error);
    EXPECT_THROW(CusumFlag({.bandwidth_hz = 501.0, .rate = kRate}), Error);
    EXPECT_THROW(CusumFlag(CusumFlagConfig{}), Error) << "no rate";
}

/// EMG of the model spectrum after the default band-pass, as energies of 10 ms at a load.
class Muscle {
public:
    explicit Muscle(std::uint64_t seed) : source_(test::model_emg(kRateHz, seed)) {
        for (int i = 0; i < 1000; ++i) next(0.2);
    }
    EnergyLoad tick(double mvc) {
        EnergyLoad load = load_at(0.0);
        for (int i = 0; i < 10; ++i) {
            const double x = next(mvc);
            load.energy_mvc2 += x * x;
        }
        load.index = index_++;
        return load;
    }

private:
    double next(double mvc) {
        // The band-pass takes 1.7 % of the amplitude, from the maximum as from the load.
        double x = mvc * source_.next() / 0.98262;
        band_.process({&x, 1});
        return x;
    }
    EmgSource source_;
    SectionCascade<double> band_{butterworth_band_pass(2, 20.0, 450.0, kRateHz)};
    std::uint64_t index_ = 0;
};

// Domain 6.3, engine B. A second at 20 % between the steps clears the flag, which takes 0.2 s.
TEST(CusumFlag, RisesAsFastAsItsOperatingPointSays) {
    for (const auto& [to_mvc, median_ms] : {std::pair{0.40, 250.0}, std::pair{0.50, 100.0}}) {
        Muscle muscle{63};
        CusumFlag flag{{.rate = kRate}};
        std::vector<double> delay_ms;
        for (int step = 0; step < 500; ++step) {
            for (int i = 0; i < 100; ++i) flag.process(muscle.tick(0.20));
            int ticks = 0;
            bool raised = false;
            while (!raised && ticks < 400) raised = flag.process(muscle.tick(to_mvc)).raised, ++ticks;
            ASSERT_TRUE(raised);
            delay_ms.push_back(10.0 * ticks);
        }
        std::sort(delay_ms.begin(), delay_ms.end());
        RecordProperty("median_ms", static_cast<int>(delay_ms[250]));
        EXPECT_NEAR(delay_ms[250], median_ms, 0.15 * median_ms) << to_mvc;
    }
}

TEST(CusumFlag, RaisesNothingInHalfAnHourAtAQuarter) {
    Muscle muscle{25};
    CusumFlag flag{{.rate = kRate}};
    int n_raised = 0;
    for (int i = 0; i < 30 * 60 * 100; ++i) n_raised += flag.process(muscle.tick(0.25)).raised ? 1 : 0;
    EXPECT_EQ(n_raised, 0);
    // The same EMG a third stronger does raise it, so silence means something.
    for (int i = 0; i < 500; ++i) n_raised += flag.process(muscle.tick(0.40)).raised ? 1 : 0;
    EXPECT_GT(n_raised, 0);
}

}  // namespace
}  // namespace tonus
