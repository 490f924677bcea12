#include <numbers>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"
#include "engine/spectrum/spectrum.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

/// Feeds one channel through the streaming stage; `seen` gets every new window.
void stream(Spectrum& spectrum, const std::vector<float>& signal, const std::vector<std::uint8_t>& flags,
            std::vector<SpectrumValue>& seen, double rate_hz = 1000.0) {
    const Rate rate = rate_from_hz(rate_hz);
    std::vector<float> lanes(kLanes);
    std::vector<std::uint8_t> lane_flags(kLanes);
    std::uint64_t tick = 0;
    for (std::size_t i = 0; i < signal.size(); ++i) {
        lanes[0] = signal[i];
        lane_flags[0] = flags.empty() ? std::uint8_t{0} : flags[i];
        spectrum.process({lanes.data(), lane_flags.data(), 1, 1});
        if (rate.first_frame_of(tick + 1) != i + 1) continue;
        spectrum.tick(tick++);
        const SpectrumValue& latest = spectrum.latest()[0];
        if (latest.n_windows > seen.size()) seen.push_back(latest);
    }
}

std::vector<float> banded_model(double seconds, std::uint64_t seed) {
    EmgSource source = test::model_emg(1000.0, seed);
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, 1000.0)};
    std::vector<double> signal(static_cast<std::size_t>(seconds * 1000.0));
    for (double& x : signal) x = source.next();
    band.process_signal(signal);
    return {signal.begin(), signal.end()};
}

TEST(Golden, G40_SpectrumFrequenciesOfAFlatBand) {
    const std::vector<float> flat(501, 1.0f);
    const BandFrequency f = band_frequency(flat, 1.0, 20.0, 450.0);
    ASSERT_TRUE(f.valid);
    EXPECT_NEAR(f.mdf_hz, 235.0, 0.5);
    EXPECT_NEAR(f.mnf_hz, 235.0, 0.5);
}

TEST(Golden, G41_SpectrumFrequenciesOfTwoTones) {
    std::vector<float> signal(3000);
    for (std::size_t i = 0; i < signal.size(); ++i) {
        const double t = static_cast<double>(i) / 1000.0;
        signal[i] = static_cast<float>(2.0 * std::sin(kTurn * 50.0 * t) + std::sin(kTurn * 150.0 * t));
    }
    Spectrum spectrum{{.rate = {1000, 1}, .n_channels = 1}};
    std::vector<SpectrumValue> seen;
    stream(spectrum, signal, {}, seen);
    ASSERT_GE(seen.size(), 3u);
    ASSERT_TRUE(seen.back().valid);
    EXPECT_NEAR(seen.back().mnf_hz, 70.0, 0.5);
    EXPECT_NEAR(seen.back().mdf_hz, 50.0, 1.0) << "the bin of the stronger tone";
}

TEST(Spectrum, KnowsTheRmsOfItsWindow) {
    std::vector<float> signal(2000);
    for (std::size_t i = 0; i < signal.size(); ++i) signal[i] = static_cast<float>(10.0 * std::sin(kTurn * 80.0 * static_cast<double>(i) / 1000.0));
    Spectrum spectrum{{.rate = {1000, 1}, .n_channels = 1}};
    std::vector<SpectrumValue> seen;
    stream(spectrum, signal, {}, seen);
    ASSERT_FALSE(seen.empty());
    EXPECT_NEAR(seen.back().rms_uv, 10.0 / std::sqrt(2.0), 1e-3);
}

TEST(Golden, G42_SpectrumFrequenciesOfTheModel) {
    const std::vector<float> signal = banded_model(600.0, 42);
    RealFft fft{1000};
    std::vector<double> sum(501, 0.0);
    for (std::size_t begin = 0; begin + 1000 <= signal.size(); begin += 500) {
        for (std::size_t i = 0; i < 1000; ++i) {
            const double hann = 0.5 - 0.5 * std::cos(kTurn * static_cast<double>(i) / 1000.0);
            fft.input()[i] = static_cast<float>(hann * static_cast<double>(signal[begin + i]));
        }
        const std::span<const float> power = fft.power();
        for (std::size_t k = 0; k < power.size(); ++k) sum[k] += static_cast<double>(power[k]);
    }
    const std::vector<float> power(sum.begin(), sum.end());
    const BandFrequency f = band_frequency(power, 1.0, 20.0, 450.0);
    EXPECT_NEAR(f.mdf_hz, 87.93, 0.3);
    EXPECT_NEAR(f.mnf_hz, 99.54, 0.3);
}

TEST(Golden, G43_SpectrumSpreadOfTheMedianFrequency) {
    Spectrum spectrum{{.rate = {1000, 1}, .n_channels = 1}};
    std::vector<SpectrumValue> seen;
    stream(spectrum, banded_model(2000.0, 43), {}, seen);
    std::vector<double> mdf, mnf;
    for (const SpectrumValue& value : seen) {
        ASSERT_TRUE(value.valid);
        mdf.push_back(static_cast<double>(value.mdf_hz));
        mnf.push_back(static_cast<double>(value.mnf_hz));
    }
    ASSERT_GT(mdf.size(), 3900u);
    EXPECT_NEAR(test::spread(mdf).sd, 6.5, 0.08 * 6.5);
    EXPECT_NEAR(test::spread(mdf).mean, 88.3, 0.5);
    EXPECT_NEAR(test::spread(mnf).sd, 4.2, 0.08 * 4.2);
}

TEST(Spectrum, DropsAWindowWithAFlaggedSample) {
    Spectrum spectrum{{.rate = {1000, 1}, .n_channels = 1}};
    std::vector<std::uint8_t> flags(6000, 0);
    flags[2700] = sample_flag::gap;
    std::vector<SpectrumValue> seen;
    stream(spectrum, banded_model(6.0, 44), flags, seen);
    ASSERT_GE(seen.size(), 9u);
    // Windows end at 1000, 1500, ...: those that hold sample 2700 end at 3000 and 3500.
    for (std::size_t w = 0; w < seen.size(); ++w) EXPECT_EQ(seen[w].valid, w != 4 && w != 5) << "window " << w;
}

TEST(Spectrum, HasNoFrequencyWhereThereIsNoPower) {
    EXPECT_FALSE(band_frequency(std::vector<float>(501, 0.0f), 1.0, 20.0, 450.0).valid);
}

TEST(Fft, FindsATone) {
    RealFft fft{2000};
    for (std::size_t i = 0; i < 2000; ++i) fft.input()[i] = static_cast<float>(std::cos(kTurn * 73.0 * static_cast<double>(i) / 2000.0));
    const std::span<const float> power = fft.power();
    ASSERT_EQ(power.size(), 1001u);
    EXPECT_NEAR(power[73], 1e6f, 10.0f);
    for (std::size_t k = 0; k < power.size(); ++k) {
        if (k == 73) continue;
        EXPECT_LT(power[k], 1e-3f) << k;
    }
}

TEST(Fft, RefusesLengthsItCannotDo) {
    EXPECT_THROW(RealFft{0}, Error);
    EXPECT_THROW(RealFft{7}, Error);
}

}  // namespace
}  // namespace tonus
