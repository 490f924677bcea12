// The heart taken out of a recording with templates of the beats on both sides.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/sim/emg_source.hpp"
#include "drivers/sim/heart.hpp"
#include "engine/condition/centred_template.hpp"
#include "engine/condition/zero_phase.hpp"
#include "engine/core/block.hpp"

namespace tonus {
namespace {

using Signal = std::vector<float>;

constexpr double kHz = 1000.0;
constexpr Rate kRate{1000, 1};
constexpr double kHeartUv = 100.0;

/// Muscle and heart, each through 20-450 Hz both ways, and where the heart beats.
struct Mixture {
    Signal emg, heart;
    std::vector<std::size_t> beats;

    Signal sum() const {
        Signal both = emg;
        for (std::size_t i = 0; i < both.size(); ++i) both[i] += heart[i];
        return both;
    }
    /// How much too large a level is, in percent.
    double error_percent(const Signal& out, double from_s, double to_s) const {
        double power = 0.0, truth = 0.0;
        for (auto i = static_cast<std::size_t>(from_s * kHz); i < static_cast<std::size_t>(to_s * kHz); ++i) {
            power += static_cast<double>(out[i]) * static_cast<double>(out[i]);
            truth += static_cast<double>(emg[i]) * static_cast<double>(emg[i]);
        }
        return 100.0 * (std::sqrt(power / truth) - 1.0);
    }
};

Signal banded(std::vector<double> signal) {
    filter_zero_phase(signal, zero_phase_sections(Profile::general, kHz), zero_phase_padding(Profile::general, kHz));
    return {signal.begin(), signal.end()};
}

Mixture mixture(double emg_uv, double seconds, std::uint64_t seed = 1) {
    EmgSource source{kHz, 0.0, Random{seed, 1}};
    Heart heart{70.0, Random{seed, 2}};
    std::vector<double> emg_raw, heart_raw;
    for (int i = 0; i < static_cast<int>(seconds * kHz); ++i) {
        emg_raw.push_back(emg_uv * source.next());
        heart_raw.push_back(kHeartUv * heart.at(i / kHz));
    }
    Mixture m{.emg = banded(emg_raw), .heart = banded(heart_raw), .beats = {}};
    for (std::size_t i = 1; i + 1 < heart_raw.size(); ++i) {
        if (heart_raw[i] > 60.0 && heart_raw[i] >= heart_raw[i - 1] && heart_raw[i] > heart_raw[i + 1]) m.beats.push_back(i);
    }
    return m;
}

Signal without_heart(Signal signal, const std::vector<std::size_t>& beats, std::vector<std::uint8_t> flags = {}) {
    flags.resize(signal.size(), 0);
    subtract_heart(signal, flags, beats, kRate);
    return signal;
}

// Domain 2.4 has for the causal form 1.2, 0.7, 0.6, 0.4 and 0.3 %, once it has learnt. Here it is all of
// the recording; at 2 uV what is left is that beats fall between samples.
TEST(CentredTemplate, LeavesLessThanTheCausalFormShould) {
    for (const auto& [emg_uv, allowed] : {std::pair{2.0, 1.5}, std::pair{5.0, 0.7}, std::pair{10.0, 0.6}, std::pair{25.0, 0.4}, std::pair{50.0, 0.3}}) {
        const Mixture m = mixture(emg_uv, 150.0);
        const double error = m.error_percent(without_heart(m.sum(), m.beats), 0.0, 150.0);
        RecordProperty(std::to_string(emg_uv), std::to_string(error));
        EXPECT_NEAR(error, 0.0, allowed) << emg_uv << " uV";
    }
}

TEST(CentredTemplate, TakesTheFirstBeatsOffAsWellAsTheLast) {
    const Mixture m = mixture(5.0, 60.0);
    const Signal out = without_heart(m.sum(), m.beats);
    EXPECT_GT(m.error_percent(m.sum(), 0.0, 6.0), 40.0);
    EXPECT_NEAR(m.error_percent(out, 0.3, 6.0), 0.0, 4.0);
    EXPECT_NEAR(m.error_percent(out, 54.0, 59.7), 0.0, 4.0);
}

// The detector is a few milliseconds off now and then: each beat finds its place.
TEST(CentredTemplate, ForgivesBeatsThatAreMisplaced) {
    const Mixture m = mixture(5.0, 120.0);
    std::vector<std::size_t> misplaced = m.beats;
    for (std::size_t i = 0; i < misplaced.size(); ++i) misplaced[i] += i % 5 - 2;
    EXPECT_NEAR(m.error_percent(without_heart(m.sum(), misplaced), 0.0, 120.0), 0.0, 2.0);
}

// An electrode is moved at half time: beats on either side have the shape of their side.
TEST(CentredTemplate, FollowsAChangeOfTheShape) {
    Mixture m = mixture(5.0, 120.0);
    for (std::size_t i = 60'000; i < m.heart.size(); ++i) m.heart[i] *= -0.7f;
    const Signal out = without_heart(m.sum(), m.beats);
    EXPECT_NEAR(m.error_percent(out, 0.0, 40.0), 0.0, 1.5);
    EXPECT_NEAR(m.error_percent(out, 80.0, 120.0), 0.0, 1.5);
}

// The muscle beside a contraction rests: the beats of its own rest are what it is judged by.
TEST(CentredTemplate, AContractionDoesNotSpoilTheTemplatesOfTheRest) {
    Mixture m = mixture(2.0, 120.0);
    for (std::size_t i = 50'000; i < 65'000; ++i) m.emg[i] *= 50.0f;
    const Signal out = without_heart(m.sum(), m.beats);
    EXPECT_NEAR(m.error_percent(out, 40.0, 49.9), 0.0, 3.0);
    EXPECT_NEAR(m.error_percent(out, 65.1, 75.0), 0.0, 3.0);
}

TEST(CentredTemplate, LeavesMuscleWithoutAHeartNearlyAlone) {
    Mixture m = mixture(20.0, 120.0);
    EXPECT_EQ(without_heart(m.emg, {}), m.emg);
    // A channel far from the heart is given the beats of the others.
    EXPECT_NEAR(m.error_percent(without_heart(m.emg, m.beats), 0.0, 120.0), 0.0, 0.5);
    m.beats.resize(8);
    EXPECT_EQ(without_heart(m.sum(), m.beats), m.sum()) << "seven others are too few to learn from";
}

TEST(CentredTemplate, LearnsNothingFromWhatIsFlagged) {
    const Mixture m = mixture(5.0, 120.0);
    Signal broken = m.sum();
    std::vector<std::uint8_t> flags(broken.size(), 0);
    for (std::size_t beat = 3; beat < m.beats.size(); beat += 4) {
        for (std::size_t i = m.beats[beat] + 20; i < m.beats[beat] + 40; ++i) {
            broken[i] = 50'000.0f;
            flags[i] = sample_flag::gap;
        }
    }
    const Signal out = without_heart(broken, m.beats, flags);
    double power = 0.0, truth = 0.0;
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (flags[i] != 0) continue;
        power += static_cast<double>(out[i]) * static_cast<double>(out[i]);
        truth += static_cast<double>(m.emg[i]) * static_cast<double>(m.emg[i]);
    }
    EXPECT_NEAR(std::sqrt(power / truth), 1.0, 0.02);
}

TEST(CentredTemplate, BeatsAtTheEndsOfARecordingDoNoHarm) {
    const Mixture m = mixture(5.0, 30.0);
    std::vector<std::size_t> beats = m.beats;
    beats.insert(beats.begin(), 10);
    beats.push_back(m.emg.size() - 1);
    EXPECT_EQ(without_heart(m.sum(), beats), without_heart(m.sum(), m.beats));
    EXPECT_EQ(without_heart(Signal(20, 1.0f), {0, 5, 19}), Signal(20, 1.0f));
}

}  // namespace
}  // namespace tonus
