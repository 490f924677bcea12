// Domain 8.2 and 8.3: slopes of the median frequency and of the amplitude over a hold, what they mean
// together, and what is no hold.

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "engine/spectrum/hold_recorder.hpp"
#include "engine/spectrum/slope.hpp"

namespace tonus {
namespace {

/// A hold whose logarithms go along lines, with the spread of windows of 1 s (domain 8.1).
std::vector<HoldWindow> hold(double seconds, double rms_from, double rms_to, double mdf_from, double mdf_to, Random* chance = nullptr) {
    std::vector<HoldWindow> windows;
    for (double t_s = 0.0; t_s < seconds; t_s += 0.5) {
        const double part = t_s / seconds;
        HoldWindow window{t_s, mdf_from * std::pow(mdf_to / mdf_from, part), rms_from * std::pow(rms_to / rms_from, part)};
        if (chance != nullptr) {
            window.mdf_hz *= std::exp(0.074 * chance->normal());
            window.rms_uv *= std::exp(0.055 * chance->normal());
        }
        windows.push_back(window);
    }
    return windows;
}

TEST(Slope, BothFindALineAndItsUncertainty) {
    Random random{31};
    std::vector<double> t, exact;
    for (int i = 0; i < 60; ++i) {
        t.push_back(i);
        exact.push_back(4.5 - 0.003 * i);
    }
    for (const auto line : {&least_squares, &theil_sen}) {
        const Slope clean = *line(t, exact);
        EXPECT_NEAR(clean.per_s, -0.003, 1e-12);
        EXPECT_NEAR(clean.at_zero, 4.5, 1e-12);
        EXPECT_NEAR(clean.se_per_s, 0.0, 1e-9);
        // The stated error is the error: over many tries of the document's 1 s windows.
        double squares = 0.0, stated = 0.0;
        constexpr int kTries = 400;
        for (int k = 0; k < kTries; ++k) {
            std::vector<double> y = exact;
            for (double& v : y) v += 0.074 * random.normal();
            const Slope found = *line(t, y);
            squares += std::pow(found.per_s + 0.003, 2.0) / kTries;
            stated += found.se_per_s / kTries;
        }
        const double theory = 0.074 * std::sqrt(12.0 / (60.0 * 60.0 * 60.0 - 60.0));
        EXPECT_NEAR(std::sqrt(squares) / theory, line == &theil_sen ? 1.0 / std::sqrt(0.955) : 1.0, 4.0 / std::sqrt(2.0 * kTries));
        EXPECT_NEAR(stated / std::sqrt(squares), 1.0, 4.0 / std::sqrt(2.0 * kTries) + 0.03);
    }
}

TEST(Slope, TheilSenBearsAFifthOfWildPoints) {
    std::vector<double> t, y;
    for (int i = 0; i < 60; ++i) {
        t.push_back(i);
        y.push_back(4.5 - 0.003 * i + (i % 5 == 2 ? (i > 30 ? 1.5 : -0.2) : 0.0));
    }
    EXPECT_NEAR(theil_sen(t, y)->per_s, -0.003, 1e-6);
    EXPECT_GT(least_squares(t, y)->per_s, 0.0) << "and least squares does not";
}

// Of many pairs only those near the middle are sorted; all of them sorted, the old way, say the same to the bit.
TEST(Slope, OfManyPointsIsTheMedianOfAllPairs) {
    Random random{32};
    for (const int n : {20, 599, 600, 601, 1200}) {
        for (const double ties : {0.0, 0.05}) {
            std::vector<double> t, y, slopes;
            for (int i = 0; i < n; ++i) {
                t.push_back(0.5 * i);
                const double exact = 4.5 - 0.003 * t.back() + 0.074 * random.normal();
                y.push_back(ties > 0.0 ? std::round(exact / ties) * ties : exact);
            }
            for (std::size_t i = 0; i < t.size(); ++i) {
                for (std::size_t j = i + 1; j < t.size(); ++j) slopes.push_back((y[j] - y[i]) / (t[j] - t[i]));
            }
            std::sort(slopes.begin(), slopes.end());
            const std::size_t middle = slopes.size() / 2;
            EXPECT_EQ(theil_sen(t, y)->per_s, slopes.size() % 2 == 1 ? slopes[middle] : 0.5 * (slopes[middle - 1] + slopes[middle])) << n << ", " << ties;
        }
    }
}

TEST(Slope, RefusesPointsWithoutALine) {
    const std::vector<double> two{1.0, 2.0}, same{3.0, 3.0, 3.0, 3.0}, y{1.0, 2.0, 3.0, 4.0};
    for (const auto line : {&least_squares, &theil_sen}) {
        EXPECT_FALSE(line(two, two));
        EXPECT_FALSE(line(same, y));
        EXPECT_FALSE(line({}, {}));
    }
}

// The test of domain 8.3: 20 to 26 % and 90 to 75 Hz over a minute, and the other three quadrants.
TEST(FatigueTrend, NamesTheQuadrantsOfJasa) {
    Random random{83};
    EXPECT_EQ(fatigue_trend(hold(60, 20, 26, 90, 75, &random))->jasa, Jasa::fatigue);
    EXPECT_EQ(fatigue_trend(hold(60, 20, 26, 75, 90, &random))->jasa, Jasa::force_increase);
    EXPECT_EQ(fatigue_trend(hold(60, 26, 20, 75, 90, &random))->jasa, Jasa::recovery);
    EXPECT_EQ(fatigue_trend(hold(60, 26, 20, 90, 75, &random))->jasa, Jasa::force_decrease);
    int n_undecided = 0;
    for (int k = 0; k < 200; ++k) n_undecided += fatigue_trend(hold(60, 20, 26, 90, 90, &random))->jasa == Jasa::undecided ? 1 : 0;
    EXPECT_NEAR(n_undecided / 200.0, 0.954, 4.0 * std::sqrt(0.954 * 0.046 / 200.0)) << "no change of the spectrum is not taken for one";
    const FatigueTrend trend = *fatigue_trend(hold(60, 20, 26, 90, 75));
    EXPECT_NEAR(trend.mdf_per_s, std::log(75.0 / 90.0) / 60.0, 1e-9);
    EXPECT_NEAR(trend.rms_per_s, std::log(26.0 / 20.0) / 60.0, 1e-9);
    EXPECT_NEAR(trend.mdf_begin_hz, 90.0, 1e-6);
    EXPECT_NEAR(trend.duration_s, 60.0, 1e-9);
}

TEST(FatigueTrend, SaysNothingBefore30Seconds) {
    EXPECT_FALSE(fatigue_trend({}));
    EXPECT_FALSE(fatigue_trend(hold(29.5, 20, 26, 90, 75)));
    EXPECT_TRUE(fatigue_trend(hold(30.0, 20, 26, 90, 75)));
    std::vector<HoldWindow> sparse;
    for (std::size_t i = 0; const HoldWindow& window : hold(60, 20, 26, 90, 75)) {
        if (i++ % 3 == 0) sparse.push_back(window);
    }
    EXPECT_FALSE(fatigue_trend(sparse)) << "two thirds are missing";
}

/// Feeds a hold to a recorder, shifted in time.
void feed(HoldRecorder& recorder, const std::vector<HoldWindow>& windows, double at_s) {
    for (HoldWindow window : windows) {
        window.t_s += at_s;
        recorder.process(window, true);
    }
}
void rest(HoldRecorder& recorder) { recorder.process(HoldWindow{0.0, 90.0, 2.0}, false); }

TEST(HoldRecorder, KeepsTheLongestHoldWithoutItsRamps) {
    HoldRecorder recorder;
    EXPECT_FALSE(recorder.trend());
    feed(recorder, hold(35, 20, 20, 90, 88), 10.0);
    rest(recorder);
    feed(recorder, hold(50, 20, 20, 90, 80), 100.0);
    rest(recorder);
    feed(recorder, hold(40, 20, 20, 90, 70), 200.0);
    const FatigueTrend trend = *recorder.trend();
    EXPECT_EQ(trend.begin_s, 101.0);
    EXPECT_EQ(trend.duration_s, 48.0);
    EXPECT_NEAR(trend.mdf_per_s, std::log(80.0 / 90.0) / 50.0, 1e-9);
}

TEST(HoldRecorder, AStepOfTheLevelBeginsAnotherHold) {
    HoldRecorder recorder;
    feed(recorder, hold(20, 20, 20, 90, 90), 0.0);
    feed(recorder, hold(45, 34, 34, 90, 85), 20.0);
    feed(recorder, hold(20, 20, 20, 90, 90), 65.0);
    EXPECT_EQ(recorder.trend()->begin_s, 21.0);
    EXPECT_EQ(recorder.trend()->duration_s, 43.0);
    HoldRecorder drift;
    feed(drift, hold(120, 20, 40, 90, 85), 0.0);
    EXPECT_EQ(drift.trend()->duration_s, 119.0) << "twice the level, but slowly";
}

TEST(HoldRecorder, MissingWindowsAreBorneForTwoSeconds) {
    for (const auto& [n_missing, duration_s] : {std::pair{4, 82.0 - 1.0}, std::pair{5, 40.0 - 1.0}}) {
        HoldRecorder recorder;
        feed(recorder, hold(40, 20, 20, 90, 90), 0.0);
        for (int i = 0; i < n_missing; ++i) recorder.process(std::nullopt, i % 2 == 0 ? std::optional<bool>{} : std::optional<bool>{true});
        feed(recorder, hold(40, 20, 20, 90, 90), 42.0);
        EXPECT_EQ(recorder.trend()->duration_s, duration_s) << n_missing;
    }
}

TEST(HoldRecorder, HasAnEndOfItsMemory) {
    HoldRecorder recorder{{.n_windows_most = 100}};
    feed(recorder, hold(300, 20, 20, 90, 90), 0.0);
    EXPECT_EQ(recorder.trend()->n_windows, 100u);
}

}  // namespace
}  // namespace tonus
