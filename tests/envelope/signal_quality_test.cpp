#include <numbers>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/condition/spike_detector.hpp"
#include "engine/envelope/signal_quality.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr double kHz = 1000.0;
constexpr double kTurn = 2.0 * std::numbers::pi;

struct Judged {
    Quality quality;
    std::uint64_t n_spikes = 0;
    std::vector<std::uint8_t> flags;
};

/// One channel through band-pass, spike detector and judge. `flag` marks samples as the gate would.
Judged judge(double seconds, const std::function<double(std::size_t)>& signal_uv, const std::function<std::uint8_t(std::size_t)>& flag = {},
             float hum_uv = 0.0f, bool contraction = false, std::size_t n_block = kBlockFrames) {
    SectionCascade<float> band{butterworth_band_pass(2, 20.0, 450.0, kHz)};
    SpikeDetector spikes{{.rate = {1000, 1}, .n_channels = 1, .mvc_uv = {100.0}}};
    SignalQuality quality{{.rate = {1000, 1}, .n_channels = 1, .rest_uv = {3.0}}};
    quality.judge_contraction(contraction);
    std::vector<float> samples(kLanes * kBlockFrames);
    std::vector<std::uint8_t> flags(kLanes * kBlockFrames);
    Judged result;
    const auto n_frames = static_cast<std::size_t>(seconds * kHz);
    for (std::size_t done = 0; done < n_frames;) {
        const std::size_t n = std::min(n_block, n_frames - done);
        for (std::size_t i = 0; i < n; ++i) {
            samples[i * kLanes] = static_cast<float>(signal_uv(done + i));
            flags[i * kLanes] = flag ? flag(done + i) : std::uint8_t{0};
        }
        const Block<unit::Microvolt> block{samples.data(), flags.data(), 1, n};
        quality.process_gated(block);
        for (std::size_t i = 0; i < n; ++i) band.process({&samples[i * kLanes], 1});
        if (hum_uv > 0.0f) {  // a canceller that takes off just that
            std::vector<float> with_hum = samples;
            for (std::size_t i = 0; i < n; ++i) {
                with_hum[i * kLanes] += hum_uv * static_cast<float>(std::sqrt(2.0) * std::sin(kTurn * 50.0 * static_cast<double>(done + i) / kHz));
            }
            quality.process_with_hum({with_hum.data(), flags.data(), 1, n});
            quality.process_without_hum(block);
        }
        spikes.process(block);
        quality.process(block);
        for (std::size_t i = 0; i < n; ++i) result.flags.push_back(flags[i * kLanes]);
        done += n;
        quality.tick(done / 10 - 1);
    }
    result.quality = quality.latest()[0];
    result.n_spikes = spikes.n_spikes(0);
    return result;
}

TEST(SignalQuality, IsNearOneForCleanMuscle) {
    EmgSource source = test::model_emg(kHz, 1);
    const Quality q = judge(5.0, [&](std::size_t) { return 30.0 * source.next(); }).quality;
    EXPECT_GT(q.index, 0.9f);
    EXPECT_EQ(q.validity, 1.0f);
    EXPECT_EQ(q.noise, 1.0f) << "rest is no fault";
}

TEST(SignalQuality, NamesThePartThatIsWrong) {
    EmgSource source = test::model_emg(kHz, 2);
    const auto muscle = [&](std::size_t) { return 30.0 * source.next(); };
    const Quality lost = judge(5.0, muscle, [](std::size_t i) { return i % 10 < 3 ? sample_flag::gap : std::uint8_t{0}; }).quality;
    EXPECT_NEAR(lost.validity, 0.7f, 0.01f);
    EXPECT_GT(lost.index / lost.validity, 0.9f) << "and nothing else";

    const Quality clipped = judge(5.0, muscle, [](std::size_t i) { return i % 100 == 0 ? sample_flag::saturated : std::uint8_t{0}; }).quality;
    EXPECT_NEAR(clipped.saturation, 0.6f, 0.01f) << "1 % clips";

    const Quality hum = judge(5.0, muscle, {}, 30.0f).quality;
    EXPECT_NEAR(hum.hum, 0.5f, 0.06f) << "as much hum as muscle";

    // Cable movement: slow, and as strong as the muscle in power.
    const Quality moved = judge(5.0, [&](std::size_t i) { return 30.0 * source.next() + 42.0 * std::sin(kTurn * 5.0 * static_cast<double>(i) / kHz); }).quality;
    EXPECT_NEAR(moved.motion, 6.0f / 18.0f, 0.08f) << "0 dB";

    // A baseline that wanders is there in everybody, and is no movement of a cable.
    const Quality wanders = judge(20.0, [&](std::size_t i) { return 15.0 * source.next() + 50.0 * std::sin(kTurn * 0.3 * static_cast<double>(i) / kHz); }).quality;
    EXPECT_GT(wanders.motion, 0.8f);
    const Quality resting = judge(5.0, [&](std::size_t i) { return 3.0 * source.next() + 42.0 * std::sin(kTurn * 5.0 * static_cast<double>(i) / kHz); }).quality;
    EXPECT_EQ(resting.motion, 1.0f) << "at rest there is no contraction to be spoilt";

    const Quality weak = judge(5.0, [&](std::size_t) { return 3.0 * source.next(); }, {}, 0.0f, true).quality;
    EXPECT_NEAR(weak.noise, 1.0f - std::exp(-0.25f), 0.05f) << "a contraction at the level of rest";
}

TEST(SignalQuality, SeesThatAHeartIsNoMuscle) {
    EmgSource source = test::model_emg(kHz, 3);
    const Quality q = judge(5.0, [&](std::size_t i) { return 2.0 * source.next() + (i % 800 < 20 ? 100.0 : 0.0); }).quality;
    EXPECT_LT(q.shape, 0.35f);
}

TEST(SignalQuality, DoesNotDependOnTheCut) {
    EmgSource a = test::model_emg(kHz, 4), b = test::model_emg(kHz, 4);
    const Quality whole = judge(3.0, [&](std::size_t) { return 30.0 * a.next(); }).quality;
    const Quality cut = judge(3.0, [&](std::size_t) { return 30.0 * b.next(); }, {}, 0.0f, false, 7).quality;
    EXPECT_EQ(whole.index, cut.index);
    EXPECT_EQ(whole.motion, cut.motion);
}

TEST(SpikeDetector, MarksAKnockFor50Ms) {
    EmgSource source = test::model_emg(kHz, 5);
    const Judged judged = judge(6.0, [&](std::size_t i) {
        return 10.0 * source.next() + (i >= 4000 ? 4000.0 * std::exp(-(static_cast<double>(i) - 4000.0) / 10.0) : 0.0);
    });
    EXPECT_EQ(judged.n_spikes, 1u);
    EXPECT_EQ(judged.flags[3999] & sample_flag::spike, 0);
    EXPECT_NE(judged.flags[4000] & sample_flag::spike, 0);
    std::size_t n = 0;
    for (const std::uint8_t flags : judged.flags) n += (flags & sample_flag::spike) != 0 ? 1u : 0u;
    EXPECT_GE(n, 50u);
    EXPECT_LE(n, 80u) << "as long as the filter rings above the threshold, and 50 ms more";
}

// The onset of a maximal contraction out of rest is thirty times the resting level.
TEST(SpikeDetector, TakesNoContractionForASpike) {
    EmgSource source = test::model_emg(kHz, 6);
    const Judged judged = judge(300.0, [&](std::size_t i) { return (i / 5000 % 2 == 1 ? 110.0 : 2.0) * source.next(); });
    EXPECT_EQ(judged.n_spikes, 0u);
}

// Against a reference that is far too small a sudden effort is all spikes, but not for ever.
TEST(SpikeDetector, LearnsThatAnEffortIsNoSpike) {
    EmgSource source = test::model_emg(kHz, 7);
    SpikeDetector spikes{{.rate = {1000, 1}, .n_channels = 1, .mvc_uv = {10.0}}};
    std::vector<float> samples(kLanes);
    std::vector<std::uint8_t> flags(kLanes);
    std::size_t n_marked = 0;
    for (int i = 0; i < 10'000; ++i) {
        samples[0] = static_cast<float>((i < 2000 ? 2.0 : 100.0) * source.next());
        flags[0] = 0;
        spikes.process({samples.data(), flags.data(), 1, 1});
        if (i >= 5000) n_marked += (flags[0] & sample_flag::spike) != 0 ? 1u : 0u;
    }
    EXPECT_LT(n_marked, 100u);
}

TEST(SpikeDetector, MarksNothingWithoutAMaximumToGoBy) {
    SpikeDetector spikes{{.rate = {1000, 1}, .n_channels = 1, .mvc_uv = {0.0}}};
    std::vector<float> samples(kLanes, 1e5f);
    std::vector<std::uint8_t> flags(kLanes, 0);
    for (int i = 0; i < 5000; ++i) spikes.process({samples.data(), flags.data(), 1, 1});
    EXPECT_EQ(spikes.n_spikes(0), 0u);
}

}  // namespace
}  // namespace tonus
