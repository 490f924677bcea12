// The comb against vibration of the body (domain 2.8) and row G53 of domain 12.

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/condition/vibration_comb.hpp"
#include "engine/condition/zero_phase.hpp"
#include "engine/core/error.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

/// One channel through the comb, the cut given by the caller.
std::vector<float> combed(VibrationComb& comb, const std::vector<float>& signal, std::size_t cut = kBlockFrames) {
    std::vector<float> out;
    std::vector<float> lanes(kLanes * kBlockFrames, 0.0f);
    std::vector<std::uint8_t> flags(kLanes * kBlockFrames, 0);
    for (std::size_t done = 0; done < signal.size(); done += cut) {
        const std::size_t n = std::min(cut, signal.size() - done);
        for (std::size_t i = 0; i < n; ++i) lanes[i * kLanes] = signal[done + i];
        comb.process({lanes.data(), flags.data(), 1, n});
        for (std::size_t i = 0; i < n; ++i) out.push_back(lanes[i * kLanes]);
    }
    return out;
}

double rms(const std::vector<float>& signal, std::size_t from) {
    double sum = 0.0;
    for (std::size_t i = from; i < signal.size(); ++i) sum += static_cast<double>(signal[i]) * static_cast<double>(signal[i]);
    return std::sqrt(sum / static_cast<double>(signal.size() - from));
}

/// EMG of the model spectrum after the default band-pass: what the comb gets.
std::vector<float> banded_model(double rate_hz, double seconds, std::uint64_t seed) {
    EmgSource source = test::model_emg(rate_hz, seed);
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, rate_hz)};
    std::vector<double> signal(static_cast<std::size_t>(seconds * rate_hz));
    for (double& x : signal) x = 10.0 * source.next();
    band.process_signal(signal);
    return {signal.begin(), signal.end()};
}

std::vector<float> tones(double f_hz, double rate_hz, double seconds) {
    std::vector<float> signal(static_cast<std::size_t>(seconds * rate_hz));
    for (std::size_t i = 0; i < signal.size(); ++i) {
        const double turn = kTurn * f_hz * static_cast<double>(i) / rate_hz;
        signal[i] = static_cast<float>(30.0 * std::sin(turn) + 15.0 * std::sin(2.0 * turn + 1.0) + 10.0 * std::sin(3.0 * turn + 2.0));
    }
    return signal;
}

// The factor the value is divided by, and beside it what noise of the model spectrum really keeps.
TEST(Golden, G53_RmsKeptByTheVibrationComb) {
    const double f_hz[] = {20, 25, 30, 40, 50};
    const double kept[] = {0.877, 0.902, 0.919, 0.939, 0.952};
    const std::vector<float> emg = banded_model(1000.0, 150.0, 53);
    for (std::size_t i = 0; i < 5; ++i) {
        VibrationComb comb{{.rate = {1000, 1}, .n_channels = 1}};
        comb.set_frequency(f_hz[i]);
        EXPECT_NEAR(comb.rms_kept(), kept[i], 0.005) << f_hz[i] << " Hz, the factor";
        EXPECT_NEAR(rms(combed(comb, emg), 1000) / rms(emg, 1000), kept[i], 0.005) << f_hz[i] << " Hz, the noise";
    }
}

TEST(VibrationComb, HasNotchesOfTheSameWidthAtEveryHarmonic) {
    for (const double f_hz : {30.0, 150.0, 450.0}) {
        const Section notch = constant_width_notch(f_hz, 3.0, 2000.0);
        const auto gain = [&](double f) { return std::abs(response({&notch, 1}, f, 2000.0)); };
        EXPECT_LT(gain(f_hz), 1e-9);
        double low = f_hz, high = f_hz;
        while (gain(low) < std::sqrt(0.5)) low -= 0.001;
        while (gain(high) < std::sqrt(0.5)) high += 0.001;
        EXPECT_NEAR(high - low, 3.0, 0.01) << f_hz;
    }
}

TEST(VibrationComb, TakesTheVibrationAndItsHarmonicsAway) {
    for (const double rate_hz : {250.0, 1000.0, 2148.148148148148}) {
        VibrationComb comb{{.rate = rate_from_hz(rate_hz), .n_channels = 1}};
        comb.set_frequency(30.0);
        const std::vector<float> signal = tones(30.0, rate_hz, 4.0);
        EXPECT_LT(rms(combed(comb, signal), signal.size() / 2), 0.001 * rms(signal, 0)) << rate_hz;
    }
}

// Domain 11.8, S10, but for the detection: the combed value within 8 % of the truth.
TEST(VibrationComb, GivesBackTheEmgUnderAVibration) {
    const std::vector<float> emg = banded_model(1000.0, 40.0, 54);
    std::vector<float> shaken = tones(30.2, 1000.0, 40.0);
    for (std::size_t i = 0; i < emg.size(); ++i) shaken[i] += emg[i];
    VibrationComb comb{{.rate = {1000, 1}, .n_channels = 1}};
    comb.set_frequency(30.2);
    const double truth = rms(emg, 1000);
    EXPECT_GT(rms(shaken, 1000), 2.0 * truth) << "the vibration would be taken for muscle";
    EXPECT_NEAR(rms(combed(comb, shaken), 1000) / comb.rms_kept(), truth, 0.03 * truth);
}

// The offline twin: two narrower passes are as wide together, and its factor is that of its own shape.
TEST(ZeroPhaseComb, IsAsWideAsOnePassAndStatesWhatItKeeps) {
    const std::vector<float> emg = banded_model(1000.0, 150.0, 57);
    for (const double f_hz : {20.0, 25.0, 30.0, 40.0, 50.0}) {
        const ZeroPhaseComb comb = zero_phase_comb(f_hz, {.rate = {1000, 1}, .n_channels = 1});
        ASSERT_EQ(comb.sections.size(), static_cast<std::size_t>(450.0 / f_hz));
        const auto gain = [&](double f) { return std::norm(response(comb.sections, f, 1000.0)); };  // of both passes
        double low = f_hz, high = f_hz;
        while (gain(low) < std::sqrt(0.5)) low -= 0.001;
        while (gain(high) < std::sqrt(0.5)) high += 0.001;
        EXPECT_NEAR(high - low, 3.0, 0.15) << f_hz;

        std::vector<double> out(emg.begin(), emg.end());
        filter_zero_phase(out, comb.sections, comb.n_pad);
        const std::vector<float> combed(out.begin(), out.end());
        EXPECT_NEAR(rms(combed, 1000) / rms(emg, 1000), comb.rms_kept, 0.005) << f_hz;
    }
}

TEST(ZeroPhaseComb, GivesBackTheEmgUnderAVibrationFromTheFirstSampleOn) {
    const std::vector<float> emg = banded_model(1000.0, 40.0, 54), vibration = tones(30.2, 1000.0, 40.0);
    const ZeroPhaseComb comb = zero_phase_comb(30.2, {.rate = {1000, 1}, .n_channels = 1});
    std::vector<double> shaken(emg.begin(), emg.end());
    for (std::size_t i = 0; i < emg.size(); ++i) shaken[i] += static_cast<double>(vibration[i]);
    filter_zero_phase(shaken, comb.sections, comb.n_pad);
    const std::vector<float> out(shaken.begin(), shaken.end());
    EXPECT_NEAR(rms(out, 0) / comb.rms_kept, rms(emg, 0), 0.03 * rms(emg, 0));
    EXPECT_TRUE(zero_phase_comb(0.0, {.rate = {1000, 1}, .n_channels = 1}).sections.empty());
}

TEST(VibrationComb, IsAWireWhileThereIsNoVibration) {
    const std::vector<float> emg = banded_model(1000.0, 2.0, 55);
    VibrationComb comb{{.rate = {1000, 1}, .n_channels = 1}};
    EXPECT_EQ(combed(comb, emg), emg);
    EXPECT_EQ(comb.rms_kept(), 1.0);
    for (const double no_vibration : {0.0, 5.0, 200.0, std::nan("")}) {
        comb.set_frequency(30.0);
        comb.set_frequency(no_vibration);
        EXPECT_EQ(comb.frequency_hz(), 0.0);
        EXPECT_EQ(comb.rms_kept(), 1.0);
        EXPECT_EQ(combed(comb, emg), emg) << no_vibration;
    }
}

// A tracked frequency moves in small steps; the notches go along without a click.
TEST(VibrationComb, FollowsAFrequencyWithoutAClick) {
    VibrationComb comb{{.rate = {1000, 1}, .n_channels = 1}};
    const std::vector<float> signal = tones(30.0, 1000.0, 2.0);
    comb.set_frequency(30.0);
    combed(comb, signal);
    for (const double step_hz : {30.01, 30.02, 30.01, 30.0}) {
        comb.set_frequency(step_hz);
        const std::vector<float> after = combed(comb, signal);
        for (const float x : after) ASSERT_LT(std::abs(x), 2.0f) << step_hz;
    }
}

// What was left in the notches of the last exercise is not part of this one.
TEST(VibrationComb, BeginsAnewAfterAPause) {
    VibrationComb comb{{.rate = {1000, 1}, .n_channels = 1}};
    const std::vector<float> silence(200, 0.0f);
    comb.set_frequency(20.0);
    combed(comb, tones(20.0, 1000.0, 1.0));
    comb.set_frequency(0.0);
    comb.set_frequency(20.0);
    EXPECT_EQ(combed(comb, silence), silence);
    combed(comb, tones(20.0, 1000.0, 1.0));
    EXPECT_NE(combed(comb, silence), silence) << "it rings";
    combed(comb, tones(20.0, 1000.0, 1.0));
    comb.restart();
    EXPECT_EQ(combed(comb, silence), silence);
}

TEST(VibrationComb, GivesTheSameBitsHoweverItsInputIsCut) {
    const std::vector<float> emg = banded_model(1000.0, 3.0, 56);
    VibrationComb whole{{.rate = {1000, 1}, .n_channels = 1}};
    whole.set_frequency(25.0);
    const std::vector<float> expected = combed(whole, emg);
    for (const std::size_t cut : {1u, 7u, 20u}) {
        VibrationComb comb{{.rate = {1000, 1}, .n_channels = 1}};
        comb.set_frequency(25.0);
        EXPECT_EQ(combed(comb, emg, cut), expected) << cut;
    }
}

TEST(VibrationComb, RefusesAWidthThatIsNone) {
    for (const double width_hz : {0.0, -3.0, 20.0, std::nan("")}) {
        EXPECT_THROW((VibrationComb{{.rate = {1000, 1}, .n_channels = 1, .width_hz = width_hz}}), Error) << width_hz;
    }
    EXPECT_THROW((VibrationComb{{.rate = {50, 1}, .n_channels = 1}}), Error);
}

}  // namespace
}  // namespace tonus
