#include "engine/timeline/tap_alignment.hpp"

#include <cmath>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

namespace tonus {
namespace {

constexpr double kSeconds = 40.0;
const std::vector<double> kTaps{5.0, 6.3, 8.9, 12.0, 13.1, 17.7, 21.0};

/// Steps of a sensor at work, with taps that ring for 60 ms, each of another strength.
TapSignal signal_of(double rate_hz, double later_s, std::uint64_t seed, const std::vector<double>& taps = kTaps) {
    TapSignal signal{.start_s = 100.0, .rate_hz = rate_hz};
    Random random{seed};
    for (double t_s = 0.0; t_s < kSeconds; t_s += 1.0 / rate_hz) {
        double strength = std::abs(random.normal());
        for (std::size_t k = 0; k < taps.size(); ++k) {
            const double since_s = t_s - taps[k] - later_s;
            if (since_s >= 0.0 && since_s < 0.06) strength += (30.0 + 20.0 * static_cast<double>(k % 3)) * std::exp(-since_s / 0.02);
        }
        signal.strength.push_back(strength);
    }
    return signal;
}

std::string said(const std::function<void()>& work) {
    try {
        work();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(TapAlignment, FindsTheDelayOfASensorToAFewMilliseconds) {
    for (const double later_s : {-0.2, 0.0, 0.035, 0.4}) {
        const auto emg = find_taps(signal_of(1000.0, 0.0, 1)), motion = find_taps(signal_of(100.0, later_s, 2));
        EXPECT_EQ(emg.size(), kTaps.size());
        const TapAlignment found = align_taps(emg, motion);
        // A sensor of 100 Hz shows a tap up to one of its samples late.
        EXPECT_NEAR(found.later_s, later_s + 0.005, 0.0055);
        EXPECT_EQ(found.n_matched, kTaps.size());
        EXPECT_LT(found.uncertainty_s, 0.003);
    }
}

TEST(TapAlignment, BearsATapThatOnlyOneOfThemFelt) {
    auto fewer = kTaps;
    fewer.erase(fewer.begin() + 2);
    auto more = kTaps;
    more.insert(more.begin() + 4, 12.6);
    const TapAlignment found = align_taps(find_taps(signal_of(1000.0, 0.0, 1, more)), find_taps(signal_of(400.0, 0.05, 2, fewer)));
    EXPECT_NEAR(found.later_s, 0.05, 0.004);
    EXPECT_EQ(found.n_matched, fewer.size());
}

TEST(TapAlignment, SaysWhatIsMissingWithoutClearTaps) {
    const auto emg = find_taps(signal_of(1000.0, 0.0, 1));
    const auto nothing = find_taps(signal_of(100.0, 0.0, 2, {}));
    EXPECT_TRUE(nothing.empty());
    EXPECT_NE(said([&] { align_taps(emg, nothing); }).find("tap firmly"), std::string::npos);
    const auto elsewhere = find_taps(signal_of(100.0, 0.0, 2, {4.1, 7.5, 9.4, 15.0, 19.6, 24.0}));
    EXPECT_NE(said([&] { align_taps(emg, elsewhere); }).find("no clear taps"), std::string::npos);
    EXPECT_NE(said([&] { align_taps({}, {}); }).find("no clear taps"), std::string::npos);
}

TEST(TapAlignment, RefusesAnEvenPace) {
    const std::vector<double> even{5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 8.5};
    const std::string text = said([&] {
        align_taps(find_taps(signal_of(1000.0, 0.0, 1, even)), find_taps(signal_of(400.0, 0.02, 2, even)));
    });
    EXPECT_NE(text.find("even pace"), std::string::npos) << text;
}

}  // namespace
}  // namespace tonus
