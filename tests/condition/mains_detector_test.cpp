// Hum of the mains: whether there is any, of which grid, and which harmonics (domain 2.3).

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "tests/condition/hum_signal.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

using namespace test;

/// The state after each block, and when it first named a frequency.
struct Found {
    MainsState last = {};
    double on_s = -1.0;
    double off_s = -1.0;
};
Found detect(Signal signal) {
    MainsDetector detector = detector_for(signal);
    Found found;
    std::size_t n = 0;
    in_blocks(signal, 20, [&](Block<unit::Microvolt> block) {
        const MainsState before = detector.state();
        found.last = detector.process(block);
        n += block.n_frames();
        const double now_s = static_cast<double>(n) / signal.rate_hz;
        if (before.nominal_hz == 0.0 && found.last.nominal_hz != 0.0 && found.on_s < 0.0) found.on_s = now_s;
        if (before.nominal_hz != 0.0 && found.last.nominal_hz == 0.0) found.off_s = now_s;
    });
    return found;
}

TEST(MainsDetector, FindsFiftyAndSixtyAndMeasuresThem) {
    for (const double rate_hz : {250.0, 1000.0, 2148.148148148148}) {
        for (const double nominal_hz : {50.0, 60.0}) {
            for (const double off_hz : {-0.5, -0.3, 0.0, 0.1, 0.3}) {
                const Found found = detect(with_hum(emg(rate_hz, 14.0, 3.0), nominal_hz + off_hz, 10.0));
                EXPECT_EQ(found.last.nominal_hz, nominal_hz) << rate_hz << " Hz, " << off_hz;
                EXPECT_NEAR(found.last.frequency_hz, nominal_hz + off_hz, 0.05) << rate_hz;
                EXPECT_LT(found.on_s, 8.1) << rate_hz;
                EXPECT_GT(found.on_s, 7.9) << "one spectrum may be chance";
                EXPECT_TRUE(found.last.harmonics[0]);
                EXPECT_EQ(found.last.harmonics.count(), 1u) << rate_hz << " " << nominal_hz + off_hz;
            }
        }
    }
}

TEST(MainsDetector, NamesTheHarmonicsOfAGridThatIsOff) {
    for (const double f_hz : {50.0, 49.7, 60.2}) {
        Signal signal = emg(1000.0, 22.0, 2.0);
        for (const double k : {1.0, 3.0, 5.0, 7.0}) signal = with_hum(signal, k * f_hz, 6.0);
        EXPECT_EQ(detect(signal).last.harmonics, std::bitset<kMainsHarmonicsMax>{0b001010101}) << f_hz;
    }
}

// Sixteen lines are work: they wait for a fundamental, and what there is of them for the spectrum after.
TEST(MainsDetector, LooksForHarmonicsOnceAFundamentalShows) {
    Signal signal = emg(1000.0, 40.0, 2.0);
    for (const double k : {1.0, 3.0}) signal = with_hum(signal, k * 50.0, 8.0, 0, 0.0, 18.0);
    MainsDetector detector = detector_for(signal);
    std::vector<std::string> looked_and_found;  // after each spectrum
    in_blocks(signal, 20, [&](Block<unit::Microvolt> block) {
        const std::uint64_t n_spectra = detector.n_spectra();
        const MainsState& state = detector.process(block);
        if (detector.n_spectra() == n_spectra) return;
        looked_and_found.push_back(std::to_string(detector.spectra().n_harmonics(0)) + ":" + std::to_string(state.harmonics.to_ulong()));
    });
    const std::vector<std::string> expected{"1:0", "9:1", "9:5", "9:5", "9:5", "9:0", "1:0", "1:0", "1:0"};
    EXPECT_EQ(looked_and_found, expected);
}

// A line far below the EMG goes on as long as the contraction does; at rest it is hum.
TEST(MainsDetector, LooksCloserNowAndThenWhereNoHelpWasNeeded) {
    Signal signal = emg(1000.0, 112.0, 10.0);
    for (std::size_t i = 96'000; i < signal.n_frames(); ++i) signal.at(i) *= 0.2f;
    signal = with_hum(signal, 50.0, 3.0);
    MainsDetector detector = detector_for(signal);
    std::uint64_t n_close = 0, n_spectra = 0;
    double on_s = 0.0;
    in_blocks(signal, 20, [&](Block<unit::Microvolt> block) {
        const bool is_found = detector.process(block).nominal_hz != 0.0;
        if (detector.n_spectra() == n_spectra) return;
        n_spectra = detector.n_spectra();
        if (n_spectra <= 24) n_close += detector.spectra().with_harmonics(0) ? 1u : 0u;
        if (is_found && on_s == 0.0) on_s = 4.0 * static_cast<double>(n_spectra);
    });
    EXPECT_GE(n_close, 3u);
    EXPECT_LE(n_close, 6u);
    EXPECT_EQ(on_s, 96.0 + 8.0);
}

TEST(MainsDetector, AsksAllChannelsAndNamesTheStrongest) {
    Signal signal = emg(1000.0, 13.0, 3.0, 11);
    EXPECT_EQ(detect(with_hum(signal, 50.1, 8.0, 9)).last.strongest_channel, 9u);
    signal = with_hum(with_hum(with_hum(signal, 60.0, 4.0, 2), 60.0, 8.0, 5), 60.0, 5.0, 10);
    const Found found = detect(signal);
    EXPECT_EQ(found.last.nominal_hz, 60.0);
    EXPECT_EQ(found.last.strongest_channel, 5u);
    EXPECT_GT(found.last.strongest_ratio, 4.0f);
}

TEST(MainsDetector, SaysTheSameOnEveryInstructionSet) {
    const Signal signal = with_hum(with_hum(emg(1000.0, 13.0, 3.0, 19), 50.2, 8.0, 3), 50.2, 9.0, 17);
    std::vector<MainsState> states;
    test::each_target([&] { states.push_back(detect(signal).last); });
    for (const MainsState& state : states) {
        EXPECT_EQ(state.strongest_channel, 17u);
        EXPECT_NEAR(state.frequency_hz, states[0].frequency_hz, 1e-4);
        EXPECT_NEAR(state.strongest_ratio, states[0].strongest_ratio, 1e-4f * states[0].strongest_ratio);
    }
}

// Both grids in one room, as beside a frequency converter: the stronger one.
TEST(MainsDetector, TakesTheLargerOfTwo) {
    const Signal signal = emg(1000.0, 13.0, 3.0);
    EXPECT_EQ(detect(with_hum(with_hum(signal, 50.0, 10.0), 60.0, 4.0)).last.nominal_hz, 50.0);
    EXPECT_EQ(detect(with_hum(with_hum(signal, 50.0, 4.0), 60.0, 10.0)).last.nominal_hz, 60.0);
}

TEST(MainsDetector, FindsNothingInCleanEmg) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const Found found = detect(emg(1000.0, 60.0, 10.0, 8, seed));
        EXPECT_LT(found.on_s, 0.0) << "seed " << seed;
    }
}

// White noise, an electrode that drifts by 10 mV a second, and breathing: no line among them.
TEST(MainsDetector, IsNotMisledByADriftingElectrode) {
    Signal signal = emg(1000.0, 60.0, 3.0);
    Random random{5};
    for (std::size_t i = 0; i < signal.n_frames(); ++i) {
        const double t = static_cast<double>(i) / 1000.0;
        signal.at(i) += static_cast<float>(10000.0 * t + 500.0 * std::sin(kTurn * 0.3 * t) + 3.0 * random.normal());
    }
    EXPECT_LT(detect(signal).on_s, 0.0);
    const Found found = detect(with_hum(signal, 50.0, 10.0));
    EXPECT_NEAR(found.on_s, 8.0, 0.1) << "and hum is found all the same";
}

// Above 9 dB the subtraction adds more error than it removes (domain 2.3).
TEST(MainsDetector, LeavesAGoodRatioAlone) {
    EXPECT_EQ(detect(with_hum(emg(1000.0, 20.0, 10.0), 50.0, 3.0)).last.nominal_hz, 0.0) << "13.5 dB";
    EXPECT_EQ(detect(with_hum(emg(1000.0, 20.0, 10.0), 50.0, 7.0)).last.nominal_hz, 50.0) << "6 dB";
}

TEST(MainsDetector, LosesTheHumWhenItStopsButNotUnderAContraction) {
    const Signal quiet = emg(1000.0, 44.0, 3.0);
    EXPECT_NEAR(detect(with_hum(quiet, 50.0, 10.0, 0, 0.0, 20.0)).off_s, 24.0, 0.1);

    Signal contraction = quiet;
    for (std::size_t i = 16000; i < 40000; ++i) contraction.at(i) *= 40.0f;
    const Found found = detect(with_hum(contraction, 50.0, 10.0));
    EXPECT_EQ(found.last.nominal_hz, 50.0);
    EXPECT_LT(found.off_s, 0.0) << "at rest the hum would be back as an activation";
}

// One in twenty packets of 20 ms lost, the last good value in its place.
TEST(MainsDetector, FindsHumThroughLostPackets) {
    Signal signal = with_hum(emg(1000.0, 20.0, 3.0), 50.2, 10.0);
    Random random{6};
    for (std::size_t i = 20; i + 20 < signal.n_frames(); i += 20) {
        if (random.uniform() >= 0.05) continue;
        for (std::size_t j = i; j < i + 20; ++j) {
            signal.at(j) = signal.at(i - 1);
            signal.flags[j] = sample_flag::gap;
        }
    }
    const Found found = detect(signal);
    EXPECT_EQ(found.last.nominal_hz, 50.0);
    EXPECT_LT(found.on_s, 16.1);
}

// A fallen electrode picks up everything. What is flagged is not evidence.
TEST(MainsDetector, DoesNotJudgeWhatIsFlagged) {
    Signal signal = with_hum(emg(1000.0, 20.0, 3.0), 50.0, 500.0);
    std::fill(signal.flags.begin(), signal.flags.end(), sample_flag::lead_off);
    EXPECT_EQ(detect(signal).last.nominal_hz, 0.0);
}

TEST(MainsDetector, RefusesWhatCannotWork) {
    EXPECT_THROW((MainsDetector{{.rate = {50, 1}, .n_channels = 1}}), Error);
    EXPECT_THROW((MainsDetector{{.rate = {1000, 1}, .n_channels = 1, .on_ratio = 2.0f, .off_ratio = 3.0f}}), Error);
    EXPECT_THROW((MainsDetector{{.rate = {2000, 1}, .n_channels = 1, .high_hz = 900.0}}), Error);
    // At 100 Hz there is no line below the edge: it finds nothing, and says so.
    EXPECT_EQ(detect(emg(100.0, 20.0, 3.0)).last.nominal_hz, 0.0);
}

}  // namespace
}  // namespace tonus
