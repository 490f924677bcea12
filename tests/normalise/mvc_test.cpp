#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "engine/normalise/mvc_bias.hpp"
#include "engine/normalise/mvc_trials.hpp"
#include "engine/normalise/rest_level.hpp"

namespace tonus {
namespace {

constexpr std::uint32_t kFrames = 10;  // of a tick at 1 kHz

/// The energy of a tick of noise whose RMS over T has the spread of a signal of 160 Hz statistical
/// bandwidth: of 1000 samples a second, 2 * 160 are independent (domain 3.1).
class NoiseTicks {
public:
    explicit NoiseTicks(std::uint64_t seed) : random_(seed) {}

    double energy(double sigma_uv) {
        constexpr double kIndependent = 2.0 * 160.0 / 100.0;  // per tick
        due_ += kIndependent;
        double sum = 0.0;
        int n = 0;
        while (due_ >= 1.0) {
            const double x = random_.normal();
            sum += x * x;
            ++n;
            due_ -= 1.0;
        }
        return n > 0 ? sigma_uv * sigma_uv * kFrames * sum / n : 0.0;
    }

private:
    Random random_;
    double due_ = 0.0;
};

TickCounts whole() { return {.n_frames = kFrames, .n_valid = kFrames}; }

void feed(MvcTrials& trials, NoiseTicks& noise, double sigma_uv, double seconds, TickCounts counts = whole()) {
    for (int i = 0; i < static_cast<int>(seconds * 100.0); ++i) {
        const double energy = noise.energy(sigma_uv);
        trials.process({static_cast<std::uint64_t>(i), {&energy, 1}, {&counts, 1}});
    }
}

void trial(MvcTrials& trials, NoiseTicks& noise, double sigma_uv, double hold_s = 4.0) {
    trials.begin_trial();
    feed(trials, noise, 0.3 * sigma_uv, 0.5);
    feed(trials, noise, sigma_uv, hold_s);
    feed(trials, noise, 0.3 * sigma_uv, 0.5);
    trials.end_trial();
}

// Domain 4.3, best of three on a 3 s plateau. A peak normaliser of 100 ms reads a third too high:
// the load flag would come late.
TEST(Golden, G31_BestOfThreeTrialsOverestimates) {
    const auto best_of_three = [](double window_s) {
        double sum = 0.0;
        constexpr int kSessions = 400;
        NoiseTicks noise{31};
        for (int session = 0; session < kSessions; ++session) {
            double best = 0.0;
            for (int i = 0; i < 3; ++i) {
                MvcTrials one{1, {.window_s = window_s, .plateau_s = 3.0}};
                one.begin_trial();
                feed(one, noise, 100.0, 3.0);
                best = std::max(best, one.end_trial()[0].peak_uv);
            }
            sum += best;
        }
        return 100.0 * (sum / kSessions / 100.0 - 1.0);
    };
    EXPECT_NEAR(best_of_three(1.0), 8.1, 1.0);
    EXPECT_NEAR(best_of_three(0.5), 13.7, 1.0);
}

TEST(MvcTrials, FindsTheTrueMaximumAfterTheBiasIsTakenOff) {
    double raw = 0.0, corrected = 0.0;
    constexpr int kSessions = 100;
    NoiseTicks noise{5};
    for (int session = 0; session < kSessions; ++session) {
        MvcTrials trials{1};
        for (int i = 0; i < 3; ++i) trial(trials, noise, 100.0);
        const MvcResult result = trials.result(0).value();
        raw += result.mvc_uv / kSessions;
        corrected += result.mvc_uv / (1.0 + result.bias) / kSessions;
    }
    EXPECT_NEAR(raw, 107.7, 1.0);
    EXPECT_NEAR(corrected, 100.0, 1.0);
}

TEST(MvcTrials, AsksForAnotherTrialWhileTheBestTwoDisagree) {
    MvcTrials trials{1};
    NoiseTicks noise{6};
    trial(trials, noise, 100.0);
    trial(trials, noise, 60.0);
    trial(trials, noise, 60.0);
    EXPECT_FALSE(trials.enough(0));
    EXPECT_GT(trials.result(0)->repeatability, MvcTrials::kSpreadMax);
    trial(trials, noise, 100.0);
    EXPECT_TRUE(trials.enough(0));
}

TEST(MvcTrials, RejectsWhatIsNoMaximum) {
    NoiseTicks noise{7};
    const auto verdict = [&](double hold_s, TickCounts counts) {
        MvcTrials trials{1};
        trials.begin_trial();
        feed(trials, noise, 5.0, 1.0);
        feed(trials, noise, 100.0, hold_s, counts);
        feed(trials, noise, 5.0, 1.0);
        return trials.end_trial()[0].verdict;
    };
    EXPECT_EQ(verdict(4.0, whole()), TrialVerdict::accepted);
    EXPECT_EQ(verdict(0.5, whole()), TrialVerdict::too_short);
    TickCounts clipped = whole();
    clipped.n_saturated = 1;
    clipped.n_valid = kFrames - 1;
    EXPECT_EQ(verdict(4.0, clipped), TrialVerdict::saturated);
    TickCounts lossy = whole();
    lossy.n_gap = 1;
    lossy.n_valid = kFrames - 1;
    EXPECT_EQ(verdict(4.0, lossy), TrialVerdict::gaps);
    TickCounts off = whole();
    off.n_lead_off = 1;
    off.n_valid = kFrames - 1;
    EXPECT_EQ(verdict(4.0, off), TrialVerdict::lead_off);
}

TEST(MvcTrials, HasNoResultFromOneTrial) {
    MvcTrials trials{1};
    NoiseTicks noise{8};
    EXPECT_FALSE(trials.result(0));
    trial(trials, noise, 100.0);
    EXPECT_FALSE(trials.result(0));
}

TEST(MvcBias, FollowsTheTableOfTheDomain) {
    EXPECT_NEAR(mvc_bias(1.0, 3.0), 0.068, 1e-9);
    EXPECT_NEAR(mvc_bias(1.0, 4.0), 0.077, 1e-9);
    EXPECT_NEAR(mvc_bias(0.5, 5.0), 0.135, 1e-9);
    EXPECT_NEAR(mvc_bias(0.25, 3.5), 0.5 * (0.194 + 0.203), 1e-9);
    EXPECT_LT(mvc_bias(0.7, 3.0), 0.120);
    EXPECT_GT(mvc_bias(0.7, 3.0), 0.068);
    EXPECT_NEAR(mvc_bias(1.0, 3.0, 640.0), 0.034, 1e-9) << "four times the bandwidth, half the bias";
}

// Heart beats and fidgets raise some of the windows; the level of rest is that of the others.
TEST(RestLevel, IsTheLevelUnderTheFidgeting) {
    RestLevel level{1};
    MovingRms rms{{.n_channels = 1}};
    NoiseTicks noise{9};
    const TickCounts counts = whole();
    for (int i = 0; i < 3000; ++i) {
        const bool fidget = i % 500 >= 400;
        const double energy = noise.energy(fidget ? 20.0 : 2.5);
        level.process(rms.process({static_cast<std::uint64_t>(i), {&energy, 1}, {&counts, 1}}));
    }
    // A fifth of the time is spoilt, so the percentile lies a little higher among the rest.
    EXPECT_NEAR(level.rest_uv(0).value(), 2.5, 0.15);
}

// Hum spreads less than muscle: the 7 % of the percentile would make of 3 µV more than was there.
TEST(RestLevel, IsNotAboveWhatWasSeen) {
    RestLevel level{1};
    MovingRms rms{{.n_channels = 1}};
    const TickCounts counts = whole();
    for (int i = 0; i < 1000; ++i) {
        const double energy = 9.0 * counts.n_valid;  // a steady 3 µV
        level.process(rms.process({static_cast<std::uint64_t>(i), {&energy, 1}, {&counts, 1}}));
    }
    EXPECT_NEAR(level.rest_uv(0).value(), 3.0, 1e-5);
}

TEST(RestLevel, NeedsFiveSecondsOfData) {
    RestLevel level{1};
    MovingRms rms{{.n_channels = 1}};
    const TickCounts counts = whole();
    for (int i = 0; i < 400; ++i) {
        const double energy = 100.0;
        level.process(rms.process({static_cast<std::uint64_t>(i), {&energy, 1}, {&counts, 1}}));
    }
    EXPECT_FALSE(level.rest_uv(0));
}

}  // namespace
}  // namespace tonus
