// Detector and canceller together, as the chain has them (domain 2.3).

#include <gtest/gtest.h>

#include "tests/condition/hum_signal.hpp"

namespace tonus {
namespace {

using namespace test;

/// Detector and canceller as the chain has them: the one before the filters, the other after.
Signal cleaned(Signal signal, std::size_t cut = 20) {
    MainsDetector detector = detector_for(signal);
    MainsCanceller canceller = canceller_for(signal);
    in_blocks(signal, cut, [&](Block<unit::Microvolt> block) {
        canceller.set_active(detector.process(block));
        canceller.process(block);
    });
    return signal;
}

TEST(Mains, SubtractsNothingFromCleanEmg) {
    const Signal clean = emg(1000.0, 60.0, 10.0, 3);
    EXPECT_EQ(cleaned(clean).uv, clean.uv) << "not one bit";
}

TEST(Mains, TakesFoundHumOutOfEveryChannel) {
    const Signal clean = emg(1000.0, 40.0, 3.0, 3);
    Signal hum = clean;
    for (std::size_t ch = 0; ch < 3; ++ch) {
        for (const double k : {1.0, 2.0, 3.0, 5.0}) hum = with_hum(hum, k * 50.3, (10.0 + 4.0 * static_cast<double>(ch)) / k, ch);
    }
    const Signal out = cleaned(hum);
    for (std::size_t ch = 0; ch < 3; ++ch) {
        EXPECT_GT(hum.rms_beside(clean, 30.0, 40.0, ch), 7.0);
        EXPECT_EQ(out.rms_beside(hum, 0.0, 7.9, ch), 0.0) << "not before it is found";
        EXPECT_LT(out.rms_beside(clean, 30.0, 40.0, ch), 0.6) << ch;
    }
}

// Found in the middle of a block or at its end, the canceller begins at the same frame.
TEST(Mains, GivesTheSameBitsHoweverTheStreamIsCut) {
    for (const double rate_hz : {250.0, 2148.148148148148}) {
        Signal signal = with_hum(emg(rate_hz, 18.0, 3.0, 3), 50.2, 10.0, 1, 0.0, 11.0);
        for (std::size_t i = 500; i < 600; ++i) signal.flags[i] = sample_flag::gap;
        const Signal whole = cleaned(signal, kBlockFrames);
        ASSERT_NE(whole.uv, signal.uv);
        for (const std::size_t cut : {1u, 7u, 20u}) EXPECT_EQ(cleaned(signal, cut).uv, whole.uv) << cut;
    }
}

}  // namespace
}  // namespace tonus
