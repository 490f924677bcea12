// The hum of a recording, followed and fitted second by second: the offline twin of the canceller.

#include <algorithm>
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "engine/condition/mains_regression.hpp"
#include "tests/condition/hum_signal.hpp"

namespace tonus {
namespace {

using namespace test;

FlaggedSignal view(const Signal& signal) { return {signal.uv, signal.flags}; }
Rate rate_of(const Signal& signal) { return rate_from_hz(signal.rate_hz); }

std::vector<MainsSegment> segments_of(const Signal& signal, double nominal_hz, std::bitset<kMainsHarmonicsMax> harmonics) {
    const FlaggedSignal channels[] = {view(signal)};
    std::vector<MainsSegment> segments;
    for (const double f_hz : track_mains(channels, rate_of(signal), nominal_hz)) segments.push_back({f_hz, harmonics});
    return segments;
}

Signal without_hum(Signal signal, double nominal_hz = 50.0, std::bitset<kMainsHarmonicsMax> harmonics = 1) {
    const std::vector<float> hum_uv = regress_mains(view(signal), rate_of(signal), segments_of(signal, nominal_hz, harmonics));
    for (std::size_t i = 0; i < hum_uv.size(); ++i) signal.uv[i] -= hum_uv[i];
    return signal;
}

// Domain 2.3 wants of the causal canceller 0.61 to 0.75 uV after 20 s, for 3 to 30 uV at up to half a hertz off.
TEST(MainsRegression, LeavesAsLittleAsTheCancellerAndFromTheFirstSecondOn) {
    for (const double amplitude_uv : {3.0, 10.0, 30.0}) {
        for (const double f_hz : {49.5, 50.2, 60.4}) {
            double residual = 0.0, at_first = 0.0;
            for (const std::uint64_t seed : {18u, 19u, 20u, 21u}) {
                const Signal clean = emg(1000.0, 40.0, 10.0, 1, seed);
                const Signal out = without_hum(with_hum(clean, f_hz, amplitude_uv), f_hz > 55.0 ? 60.0 : 50.0);
                residual += 0.25 * out.rms_beside(clean, 0.0, 40.0);
                at_first += 0.25 * out.rms_beside(clean, 0.0, 2.0);
            }
            RecordProperty(std::to_string(amplitude_uv) + " uV at " + std::to_string(f_hz), std::to_string(residual));
            EXPECT_LT(residual, 0.75) << amplitude_uv << " uV at " << f_hz;
            EXPECT_LT(at_first, 1.0) << amplitude_uv << " uV at " << f_hz;
        }
    }
}

TEST(MainsRegression, FollowsAGridThatDrifts) {
    const Signal clean = emg(1000.0, 120.0, 10.0);
    Signal hum = clean;
    double phase = 0.0;
    std::vector<double> truth_hz;
    for (std::size_t i = 0; i < hum.n_frames(); ++i) {
        const double f_hz = 50.0 + 0.2 * std::sin(kTurn * static_cast<double>(i) / 60'000.0);
        if (i % 1000 == 0) truth_hz.push_back(f_hz);
        phase += f_hz / 1000.0;
        hum.at(i) += static_cast<float>(20.0 * std::sin(kTurn * phase) + 8.0 * std::sin(3.0 * kTurn * phase));
    }
    const std::vector<MainsSegment> segments = segments_of(hum, 50.0, 0b101);
    ASSERT_EQ(segments.size(), truth_hz.size() + 2);
    for (std::size_t k = 0; k < truth_hz.size(); ++k) ASSERT_NEAR(segments[k].frequency_hz, truth_hz[k], 0.06) << k << " s";
    EXPECT_GT(hum.rms_beside(clean, 0.0, 120.0), 15.0);
    EXPECT_LT(without_hum(hum, 50.0, 0b101).rms_beside(clean, 0.0, 120.0), 1.2);
}

// A contraction says nothing of the hum beside it: where the muscle rests there is no trace of it.
TEST(MainsRegression, ABurstLeavesNoTraceBesideIt) {
    Signal clean = emg(1000.0, 30.0, 2.0);
    for (std::size_t i = 14'000; i < 16'000; ++i) clean.at(i) *= 150.0f;
    const Signal out = without_hum(with_hum(clean, 50.1, 10.0));
    const double usual = out.rms_beside(clean, 2.0, 12.0);
    EXPECT_LT(usual, 0.25);
    EXPECT_LT(out.rms_beside(clean, 13.0, 13.95), 2.0 * usual);
    EXPECT_LT(out.rms_beside(clean, 16.05, 17.0), 2.0 * usual);
}

// What a fit of 2 s takes of the muscle itself: half a hertz of its spectrum at every harmonic.
TEST(MainsRegression, TakesLittleOfTheMuscle) {
    const Signal clean = emg(1000.0, 120.0, 10.0), silence = emg(1000.0, 120.0, 0.0);
    const Signal one = without_hum(clean), nine = without_hum(clean, 50.0, 0x1ff);
    const double level = clean.rms_beside(silence, 0.0, 120.0);
    EXPECT_NEAR(one.rms_beside(silence, 0.0, 120.0) / level, 1.0, 0.005);
    EXPECT_NEAR(nine.rms_beside(silence, 0.0, 120.0) / level, 1.0, 0.015);
}

TEST(MainsRegression, DoesNotFitWhatIsFlagged) {
    const Signal clean = emg(1000.0, 30.0, 5.0);
    Signal hum = with_hum(clean, 50.2, 20.0);
    for (std::size_t i = 10'000; i < 15'000; ++i) {
        hum.at(i) = i % 20 < 10 ? 180'000.0f : -180'000.0f;
        hum.flags[i] = sample_flag::lead_off;
    }
    const Signal out = without_hum(hum);
    EXPECT_LT(out.rms_beside(clean, 1.0, 10.0), 0.8);
    EXPECT_LT(out.rms_beside(clean, 15.0, 29.0), 0.8);
    EXPECT_EQ(out.rms_beside(hum, 11.6, 13.4), 0.0) << "nothing there to fit";
}

TEST(MainsRegression, LeavesAMomentWithoutHumAlone) {
    const Signal hum = with_hum(emg(1000.0, 20.0, 5.0), 50.0, 20.0);
    std::vector<MainsSegment> segments = segments_of(hum, 50.0, 1);
    for (std::size_t k = 10; k < segments.size(); ++k) segments[k].harmonics = 0;
    const std::vector<float> hum_uv = regress_mains(view(hum), rate_of(hum), segments);
    EXPECT_TRUE(std::all_of(hum_uv.begin() + 10'000, hum_uv.end(), [](float x) { return x == 0.0f; }));
    EXPECT_GT(*std::max_element(hum_uv.begin() + 8'000, hum_uv.begin() + 9'000), 15.0f);
}

TEST(MainsRegression, AnythingShortIsSurvived) {
    for (const double seconds : {0.001, 0.05, 0.4, 0.6, 1.0, 1.001, 2.5}) {
        const Signal hum = with_hum(emg(1000.0, seconds, 1.0), 50.0, 20.0);
        const Signal out = without_hum(hum);
        const Signal silence = emg(1000.0, seconds, 0.0);
        if (seconds < 0.5) EXPECT_EQ(out.uv, hum.uv) << seconds;
        else EXPECT_LT(out.rms_beside(silence, 0.0, seconds), 2.0) << seconds;
    }
}

}  // namespace
}  // namespace tonus
