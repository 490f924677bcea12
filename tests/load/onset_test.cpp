// The detectors of domain 6.7, on simulated contractions of known begin and end.

#include "engine/load/onset.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"
#include "engine/load/bonato_onset.hpp"
#include "engine/load/cusum_onset.hpp"
#include "engine/load/threshold_onset.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr Rate kRate{1000, 1};
constexpr double kRateHz = 1000.0;

/// EMG of the model spectrum that rises out of white noise and falls back at once.
struct Contraction {
    std::vector<float> signal;
    int onset, offset;  // samples, which are milliseconds

    std::span<const float> baseline() const { return std::span{signal}.subspan(200, 1000); }
};

/// @param snr_db  of the EMG to the noise, both before the band-pass
Contraction contraction(double ramp_s, double snr_db, std::uint64_t seed) {
    EmgSource source = test::model_emg(kRateHz, seed);
    Random noise{seed, 67};
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, kRateHz)};
    Contraction made;
    made.onset = 1500 + static_cast<int>(noise.below(100));
    made.offset = made.onset + 1000;
    for (int i = 0; i < 1000; ++i) source.next();
    for (int i = 0; i < 3200; ++i) {
        // The ramps of the table are straight; a raised cosine begins more slowly and reads later.
        const double since_s = (i - made.onset) / kRateHz;
        const double rise = since_s < ramp_s ? since_s / ramp_s : 1.0;
        const double level = i >= made.onset && i < made.offset ? rise : 0.0;
        double x = std::pow(10.0, 0.05 * snr_db) * level * source.next() + noise.normal();
        band.process({&x, 1});
        made.signal.push_back(static_cast<float>(x));
    }
    return made;
}

/// Every change that a detector decides on in a signal.
struct Decision {
    OnsetResult result;
    int decided;
};
template <class Detector>
std::vector<Decision> decisions(Detector detector, std::span<const float> signal) {
    std::vector<Decision> all;
    for (std::size_t i = 0; i < signal.size(); ++i) {
        const OnsetResult result = detector.process(signal[i]);
        if (result.change != Change::none) all.push_back({result, static_cast<int>(i)});
    }
    return all;
}

/// Medians and the 95th percentile of the absolute error over many contractions, in ms.
struct Errors {
    std::vector<double> onset, onset_size, delay, offset;

    void add(const std::vector<Decision>& all, const Contraction& truth) {
        // The nearest of each kind: a muscle that flickers is found at its first rise.
        const Decision* best[2] = {nullptr, nullptr};
        const auto error = [&](const Decision& d) {
            return static_cast<double>(d.result.since) - (d.result.change == Change::onset ? truth.onset : truth.offset);
        };
        for (const Decision& d : all) {
            const Decision*& nearest = best[d.result.change == Change::onset ? 0 : 1];
            if (nearest == nullptr || std::abs(error(d)) < std::abs(error(*nearest))) nearest = &d;
        }
        ASSERT_NE(best[0], nullptr);
        onset.push_back(error(*best[0]));
        onset_size.push_back(std::abs(error(*best[0])));
        delay.push_back(best[0]->decided - truth.onset);
        if (best[1] != nullptr) offset.push_back(error(*best[1]));
    }
};
double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// A row of the table: median, and 95th percentile of the absolute error, in its five conditions.
using Row = std::array<std::pair<double, double>, 5>;
constexpr std::array<std::pair<double, double>, 5> kConditions{{{0.0, 10.0}, {0.0, 20.0}, {0.1, 10.0}, {0.1, 20.0}, {0.3, 20.0}}};

template <class Make>
std::array<Errors, 5> measure(const Make& make) {
    std::array<Errors, 5> errors;
    for (std::size_t c = 0; c < kConditions.size(); ++c) {
        for (std::uint64_t seed = 0; seed < 250; ++seed) {
            const Contraction truth = contraction(kConditions[c].first, kConditions[c].second, 1000 + seed);
            errors[c].add(decisions(make(truth.baseline()), truth.signal), truth);
        }
    }
    return errors;
}

// 250 contractions leave the median to a millisecond or two, and the tail to a tenth.
void expect_row(const std::array<Errors, 5>& errors, const Row& row) {
    for (std::size_t c = 0; c < row.size(); ++c) {
        const auto [median, tail] = row[c];
        SCOPED_TRACE(testing::Message() << "ramp " << kConditions[c].first << " s, " << kConditions[c].second << " dB: median "
                                        << quantile(errors[c].onset, 0.5) << ", tail " << quantile(errors[c].onset_size, 0.95)
                                        << ", decided " << quantile(errors[c].delay, 0.5));
        EXPECT_NEAR(quantile(errors[c].onset, 0.5), median, 2.0 + 0.08 * median);
        EXPECT_LT(quantile(errors[c].onset_size, 0.95), 3.0 + 1.15 * tail);
    }
}

// The band-pass rings and the low-pass is late, so an end is dated after it, never much before.
void expect_offsets(const std::array<Errors, 5>& errors, double late_ms_max) {
    for (const Errors& condition : errors) {
        ASSERT_EQ(condition.offset.size(), condition.onset.size()) << "an end was missed";
        EXPECT_GT(quantile(condition.offset, 0.5), -5.0);
        EXPECT_LT(quantile(condition.offset, 0.5), late_ms_max);
    }
}

TEST(ThresholdOnset, IsAsExactAsHodgesAndBui) {
    const auto errors = measure([](std::span<const float> rest) { return ThresholdOnset{{.rate = kRate}, rest}; });
    expect_row(errors, {{{2, 34}, {1, 6}, {50, 93}, {17, 34}, {48, 84}}});
    EXPECT_NEAR(quantile(errors[1].delay, 0.5), 50.0, 3.0) << "it decides after its dwell";
    // Rest is above one SD a sixth of the time: 50 ms without that take a while.
    EXPECT_GT(quantile(errors[1].offset, 0.5), 50.0) << "as its header warns";
}

TEST(ThresholdOnset, IsAsExactWithAHigherThresholdAndAShorterDwell) {
    const auto errors = measure(
        [](std::span<const float> rest) { return ThresholdOnset{{.n_sd = 3.0, .dwell_s = 0.02, .rate = kRate}, rest}; });
    expect_row(errors, {{{5, 28}, {2, 5}, {64, 97}, {25, 40}, {61, 91}}});
    expect_offsets(errors, 15.0);
}

TEST(ThresholdOnset, IsAsExactWithTheTeagerOperatorAhead) {
    const auto errors = measure(
        [](std::span<const float> rest) { return ThresholdOnset{ThresholdOnsetConfig::teager_kaiser(kRate), rest}; });
    expect_row(errors, {{{5, 52}, {1, 5}, {71, 118}, {26, 43}, {71, 103}}});
    expect_offsets(errors, 15.0);
}

TEST(BonatoOnset, IsAsExactAsItsTable) {
    const auto errors = measure([](std::span<const float> rest) { return BonatoOnset{{.rate = kRate}, rest}; });
    expect_row(errors, {{{2, 26}, {0, 6}, {55, 90}, {20, 36}, {54, 84}}});
    expect_offsets(errors, 20.0);
}

TEST(CusumOnset, IsTheMostExactOfAll) {
    const auto errors = measure([](std::span<const float> rest) { return CusumOnset{{.rate = kRate}, rest}; });
    expect_row(errors, {{{0, 9}, {0, 9}, {35, 56}, {14, 25}, {33, 53}}});
    EXPECT_NEAR(quantile(errors[0].delay, 0.5), 13.0, 3.0) << "the delay of the header";
    EXPECT_NEAR(quantile(errors[2].delay, 0.5), 73.0, 6.0);
    expect_offsets(errors, 15.0);
}

TEST(Golden, G39_FirstThresholdOfBonato) {
    EXPECT_NEAR(bonato_threshold({.n_window = 5, .n_above = 1}, 0.05), 9.1695, 1e-3);
    EXPECT_NEAR(bonato_threshold({.n_window = 5, .n_above = 2}, 0.05), 5.1425, 1e-3);
}

TEST(BonatoOnset, DetectsAsOftenAsItsProbabilitySays) {
    const BonatoRule one{.n_window = 5, .n_above = 1}, two{.n_window = 5, .n_above = 2};
    const double at_one = bonato_threshold(one, 0.05), at_two = bonato_threshold(two, 0.05);
    EXPECT_NEAR(bonato_detection(one, at_one, 6.0), 0.92, 0.005);
    EXPECT_NEAR(bonato_detection(two, at_two, 6.0), 0.91, 0.005);
    EXPECT_NEAR(bonato_detection(one, at_one, 8.0), 0.98, 0.005);
    EXPECT_NEAR(bonato_detection(two, at_two, 8.0), 0.97, 0.005);
    EXPECT_NEAR(bonato_detection(one, at_one, -200.0), 0.05, 1e-9) << "without signal only false alarms are left";
}

/// Band-passed noise of a muscle at rest.
std::vector<float> rest(double seconds, std::uint64_t seed) {
    Random noise{seed};
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, kRateHz)};
    std::vector<float> signal(static_cast<std::size_t>(seconds * kRateHz));
    for (float& sample : signal) {
        double x = noise.normal();
        band.process({&x, 1});
        sample = static_cast<float>(x);
    }
    return signal;
}

// How seldom rest passes for a contraction is what the threshold buys: one SD for 50 ms is no rest.
TEST(Onset, StaysQuietAtRest) {
    const std::vector<float> signal = rest(120.0, 6);
    const std::span<const float> baseline = std::span{signal}.subspan(200, 2000);
    const auto n_changes = [&](const auto& detector) { return decisions(detector, signal).size(); };
    EXPECT_EQ(n_changes(CusumOnset{{.rate = kRate}, baseline}), 0u);
    EXPECT_EQ(n_changes(ThresholdOnset{{.n_sd = 3.0, .dwell_s = 0.02, .rate = kRate}, baseline}), 0u);
    EXPECT_EQ(n_changes(ThresholdOnset{ThresholdOnsetConfig::teager_kaiser(kRate), baseline}), 0u);
    EXPECT_LE(n_changes(BonatoOnset{{.rate = kRate}, baseline}), 6u);
    EXPECT_LE(n_changes(ThresholdOnset{{.rate = kRate}, baseline}), 6u);
}

// Lost samples must neither end a contraction nor date its end wrongly.
TEST(Onset, PassesOverSamplesThatAreNone) {
    const Contraction truth = contraction(0.0, 20.0, 5);
    const auto run = [&](auto detector) {
        std::vector<OnsetResult> changes;
        for (int i = 0; i < static_cast<int>(truth.signal.size()); ++i) {
            const bool is_lost = i >= truth.onset + 300 && i < truth.onset + 600;
            const float sample = i % 2 == 0 ? std::numeric_limits<float>::quiet_NaN() : 0.0f;
            const OnsetResult result = is_lost ? detector.process(sample, i % 2 == 0)
                                               : detector.process(truth.signal[static_cast<std::size_t>(i)]);
            EXPECT_TRUE(result.active || !is_lost);
            if (result.change != Change::none) changes.push_back(result);
        }
        ASSERT_EQ(changes.size(), 2u);
        EXPECT_NEAR(static_cast<double>(changes[0].since), truth.onset, 15.0);
        EXPECT_NEAR(static_cast<double>(changes[1].since), truth.offset, 50.0);
    };
    run(ThresholdOnset{{.n_sd = 3.0, .dwell_s = 0.02, .rate = kRate}, truth.baseline()});
    run(ThresholdOnset{ThresholdOnsetConfig::teager_kaiser(kRate), truth.baseline()});
    run(BonatoOnset{{.rate = kRate}, truth.baseline()});
    run(CusumOnset{{.rate = kRate}, truth.baseline()});
}

TEST(Onset, RefusesABaselineThatIsNone) {
    std::vector<float> baseline = rest(1.0, 7);
    EXPECT_NO_THROW(CusumOnset({.rate = kRate}, baseline));
    EXPECT_THROW(CusumOnset({.rate = kRate}, std::span{baseline}.first(400)), Error);
    EXPECT_THROW(CusumOnset({}, baseline), Error) << "no rate";
    const std::vector<float> silent(1000, 0.0f);
    EXPECT_THROW(CusumOnset({.rate = kRate}, silent), Error);
    EXPECT_THROW(ThresholdOnset({.rate = kRate}, silent), Error);
    EXPECT_THROW(BonatoOnset({.rate = kRate}, silent), Error);
    baseline[500] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(ThresholdOnset({.rate = kRate}, baseline), Error);
}

TEST(Onset, RefusesSettingsThatCannotWork) {
    const std::vector<float> baseline = rest(1.0, 7);
    EXPECT_THROW(ThresholdOnset({.low_pass_hz = 600.0, .rate = kRate}, baseline), Error);
    EXPECT_THROW(ThresholdOnset({.dwell_s = 50.0, .rate = kRate}, baseline), Error) << "milliseconds for seconds";
    EXPECT_THROW(BonatoOnset({.rule = {.n_window = 5, .n_above = 6}, .rate = kRate}, baseline), Error);
    EXPECT_THROW(BonatoOnset({.false_alarm = 1.0, .rate = kRate}, baseline), Error);
    EXPECT_THROW(BonatoOnset({.whitening_order = 50, .rate = kRate}, baseline), Error);
    EXPECT_THROW(CusumOnset({.power_ratio = 1.0, .rate = kRate}, baseline), Error);
    EXPECT_THROW(CusumOnset({.bandwidth_hz = 600.0, .rate = kRate}, baseline), Error);
}

}  // namespace
}  // namespace tonus
