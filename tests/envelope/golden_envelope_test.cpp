// Rows of domain 12 about energies, RMS and the linear envelope.

#include <numbers>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/envelope/linear_envelope.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

/// Energies and RMS alone, of samples already conditioned, with a flag for each.
std::vector<double> rms_of(const std::vector<float>& samples_uv, const std::vector<std::uint8_t>& flags, double rate_hz,
                           double window_s) {
    BlockEnergy energy{rate_from_hz(rate_hz), 1};
    MovingRms rms{{.n_channels = 1, .window_s = window_s}};
    std::vector<double> values;
    std::vector<float> lanes(kLanes * kBlockFrames);
    std::vector<std::uint8_t> lane_flags(kLanes * kBlockFrames);
    for (std::size_t done = 0; done < samples_uv.size(); done += kBlockFrames) {
        const std::size_t n = std::min(kBlockFrames, samples_uv.size() - done);
        for (std::size_t i = 0; i < n; ++i) {
            lanes[i * kLanes] = samples_uv[done + i];
            lane_flags[i * kLanes] = flags.empty() ? std::uint8_t{0} : flags[done + i];
        }
        for (const EnergyTick& tick : energy.process({lanes.data(), lane_flags.data(), 1, n})) {
            values.push_back(static_cast<double>(rms.process(tick).value[0]));
        }
    }
    return values;
}

/// EMG of the model spectrum after the default band-pass.
std::vector<float> banded_model(double rate_hz, double seconds, std::uint64_t seed) {
    EmgSource source = test::model_emg(rate_hz, seed);
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, rate_hz)};
    std::vector<double> signal(static_cast<std::size_t>(seconds * rate_hz));
    for (double& x : signal) x = source.next();
    band.process_signal(signal);
    return {signal.begin(), signal.end()};
}

TEST(Golden, G19_RmsAndMeanOfARectifiedSine) {
    std::vector<float> sine(2000);
    for (std::size_t i = 0; i < sine.size(); ++i) sine[i] = static_cast<float>(100.0 * std::sin(kTurn * 100.0 * static_cast<double>(i) / 1000.0 + 0.3));
    EXPECT_NEAR(rms_of(sine, {}, 1000.0, 0.25).back(), 70.7107, 1e-4 * 70.7107);

    // Sampled at 10 kHz, so that the mean of the rectified samples is that of the curve.
    LinearEnvelope<double> envelope{1, 2.5, 10000.0};
    double sum = 0.0;
    for (int i = 0; i < 40000; ++i) {
        double x = 100.0 * std::sin(kTurn * 87.0 * i / 10000.0);
        envelope.process({&x, 1});
        if (i >= 30000) sum += x / 10000.0;
    }
    EXPECT_NEAR(sum, 63.6620, 1e-4 * 63.6620);
}

TEST(Golden, G20_RectifiedMeanOverRmsOfGaussianSignal) {
    const std::vector<float> signal = banded_model(1000.0, 62.0, 20);
    LinearEnvelope<double> envelope{1, 2.5, 1000.0};
    double rectified = 0.0, power = 0.0;
    const std::size_t n = signal.size() - 2000;
    for (std::size_t i = 0; i < signal.size(); ++i) {
        auto x = static_cast<double>(signal[i]);
        if (i >= 2000) power += x * x / static_cast<double>(n);
        envelope.process({&x, 1});
        if (i >= 2000) rectified += x / static_cast<double>(n);
    }
    EXPECT_NEAR(rectified / std::sqrt(power), 0.797885, 0.005 * 0.797885);
}

TEST(Golden, G22_SpreadOfTheMovingRms) {
    const std::vector<float> signal = banded_model(1000.0, 4000.0, 22);
    const auto relative = [&](double window_s) {
        const test::Spread s = test::spread(rms_of(signal, {}, 1000.0, window_s), 200);
        return 100.0 * s.sd / s.mean;
    };
    // 125 ms is no whole number of ticks: 120 and 130 ms lie on either side of its 11.1 %.
    EXPECT_NEAR(0.5 * (relative(0.12) + relative(0.13)), 11.1, 0.05 * 11.1);
    EXPECT_NEAR(relative(0.25), 7.9, 0.05 * 7.9);
    EXPECT_NEAR(relative(0.50), 5.6, 0.05 * 5.6);
    EXPECT_NEAR(relative(1.00), 4.0, 0.05 * 4.0);
}

// A signal of constant power, so that only the window decides.
TEST(Golden, G25_MovingRmsCrossesAThirdOfMaximum) {
    const auto crossing_ms = [](double from, double to) {
        std::vector<float> signal;
        for (int i = 0; i < 2000; ++i) signal.push_back(static_cast<float>((i < 1000 ? from : to) * (i % 2 == 0 ? 1.0 : -1.0)));
        const std::vector<double> rms = rms_of(signal, {}, 1000.0, 0.25);
        std::size_t tick = 100;
        while (rms[tick] < 100.0 / 3.0) ++tick;
        return 10.0 * static_cast<double>(tick + 1 - 100);
    };
    // A tick tells at its end, so the crossing is seen up to one hop late.
    EXPECT_NEAR(crossing_ms(0.0, 50.0), 111.1, 10.0);
    EXPECT_NEAR(crossing_ms(20.0, 40.0), 148.1, 10.0);
    EXPECT_NEAR(crossing_ms(25.0, 50.0), 64.8, 10.0);
}

TEST(Golden, G28_LostSamplesAreCountedNotFilledWithZeros) {
    const std::vector<float> whole = banded_model(1000.0, 600.0, 28);
    const auto power_mean = [](const std::vector<double>& rms) {
        double sum = 0.0;
        for (std::size_t i = 200; i < rms.size(); ++i) sum += rms[i] * rms[i];
        return std::sqrt(sum / static_cast<double>(rms.size() - 200));
    };
    const double truth = power_mean(rms_of(whole, {}, 1000.0, 0.25));
    for (const auto& [share, zero_filled] : {std::pair{0.05, 0.9747}, std::pair{0.10, 0.9487}, std::pair{0.20, 0.8944}}) {
        Random random{28};
        std::vector<float> zeros = whole;
        std::vector<std::uint8_t> lost(whole.size(), 0);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            if (random.uniform() >= share) continue;
            zeros[i] = 0.0f;
            lost[i] = sample_flag::gap;
        }
        EXPECT_NEAR(power_mean(rms_of(zeros, lost, 1000.0, 0.25)) / truth, 1.0, 0.003);
        EXPECT_NEAR(power_mean(rms_of(zeros, {}, 1000.0, 0.25)) / truth, zero_filled, 0.003) << "the wrong way, to show the test can see it";
    }
}

// The causal value is the centred one, half a window later: they are the same sum.
TEST(Golden, G56_CausalRmsIsTheCentredOneHalfAWindowLater) {
    const std::vector<float> signal = banded_model(1000.0, 10.0, 56);
    const std::vector<double> causal = rms_of(signal, {}, 1000.0, 0.25);
    for (std::size_t tick = 30; tick < causal.size(); ++tick) {
        // The window centred at the end of the tick 12.5 ticks before.
        const std::size_t end = 10 * (tick + 1), begin = end - 250;
        std::vector<double> tick_energy;
        for (std::size_t b = begin; b < end; b += 10) {
            double energy = 0.0;
            for (std::size_t i = b; i < b + 10; ++i) energy += static_cast<double>(signal[i]) * static_cast<double>(signal[i]);
            tick_energy.push_back(energy);
        }
        double energy = 0.0;
        for (std::size_t b = 0; b < tick_energy.size(); ++b) energy += tick_energy[b];
        ASSERT_NEAR(causal[tick], std::sqrt(energy / 250.0), 1e-6 * causal[tick]);
    }
}

// Half a volt of offset leaves a float no digits for microvolts: it goes off in double first.
TEST(Golden, G57_OffsetLeavesNoRoundingInTheFloatPath) {
    EmgSource source = test::model_emg(2000.0, 57);
    std::vector<double> raw(20000);
    for (double& x : raw) x = 300'000.0 + 5.0 * source.next();
    const test::EmgRun with_offset = test::run_emg(2000.0, 10.0, [&](std::size_t i) { return raw[i]; });
    const double first = raw[0];
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, 2000.0)};
    std::vector<double> exact(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) exact[i] = raw[i] - first;
    band.process_signal(exact);
    for (std::size_t tick = 200; tick < with_offset.rms_uv.size(); ++tick) {
        double energy = 0.0;
        for (std::size_t i = 20 * (tick + 1) - 500; i < 20 * (tick + 1); ++i) energy += exact[i] * exact[i];
        ASSERT_NEAR(with_offset.rms_uv[tick], std::sqrt(energy / 500.0), 0.01);
    }
}

TEST(Golden, G58_ASpikeIsForgottenWhenItLeavesTheWindow) {
    std::vector<float> clean = banded_model(1000.0, 65.0, 58);
    for (float& x : clean) x *= 5.0f;
    std::vector<float> spiked = clean;
    for (std::size_t i = 2000; i < 2020; ++i) spiked[i] = 50'000.0f;
    const std::vector<double> truth = rms_of(clean, {}, 1000.0, 0.25);
    const std::vector<double> after = rms_of(spiked, {}, 1000.0, 0.25);
    EXPECT_GT(after[210], 1000.0) << "the spike is in the window";
    for (std::size_t tick = 202 + 25; tick < truth.size(); ++tick) ASSERT_NEAR(after[tick], truth[tick], 1e-4 * truth[tick]) << tick;
}

TEST(MovingRms, HoldsThenRefusesWhatHasTooFewSamples) {
    std::vector<float> signal(4000, 3.0f);
    std::vector<std::uint8_t> flags(4000, 0);
    for (std::size_t i = 1000; i < 3000; ++i) flags[i] = sample_flag::lead_off;
    BlockEnergy energy{Rate{1000, 1}, 1};
    MovingRms rms{{.n_channels = 1}};
    std::vector<Status> states;
    std::vector<float> lanes(kLanes * kBlockFrames, 3.0f);
    std::vector<std::uint8_t> lane_flags(kLanes * kBlockFrames);
    for (std::size_t done = 0; done < signal.size(); done += 10) {
        for (std::size_t i = 0; i < 10; ++i) lane_flags[i * kLanes] = flags[done + i];
        for (const EnergyTick& tick : energy.process({lanes.data(), lane_flags.data(), 1, 10})) states.push_back(rms.process(tick).status[0]);
    }
    EXPECT_EQ(states[99].state, ValueState::valid);
    EXPECT_EQ(states[111].state, ValueState::valid) << "13 of 25 ticks are left";
    EXPECT_EQ(states[112].state, ValueState::held) << "12 of 25 are not half";
    EXPECT_EQ(states[112].reason, Reason::lead_off);
    EXPECT_EQ(states[112 + 99].state, ValueState::held);
    EXPECT_EQ(states[112 + 101].state, ValueState::invalid) << "nothing is held for more than a second";
    EXPECT_EQ(states[312].state, ValueState::valid);
}

}  // namespace
}  // namespace tonus
