// Contractions put together from a detector's decisions, and the baseline they are judged by.

#include "engine/load/contractions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/load/quietest_stretch.hpp"

namespace tonus {
namespace {

constexpr Rate kRate{1000, 1};
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// White noise of an RMS that depends on the sample.
template <class Level>
std::vector<float> noise(std::size_t n, Level level, std::uint64_t seed = 3) {
    Random random{seed};
    std::vector<float> signal;
    for (std::size_t i = 0; i < n; ++i) signal.push_back(static_cast<float>(level(i) * random.normal()));
    return signal;
}

TEST(QuietestStretch, IsTheQuietestWhereverItLies) {
    for (const std::size_t from : {0u, 4321u, 57'000u}) {
        const std::vector<float> signal = noise(60'000, [from](std::size_t i) { return i >= from && i < from + 3000 ? 0.5 : 1.0; });
        QuietestStretch stretch{kRate, 1.0};
        for (const float x : signal) stretch.process(x);
        ASSERT_EQ(stretch.quietest().size(), 1000u);
        const auto at = std::search(signal.begin(), signal.end(), stretch.quietest().begin(), stretch.quietest().end());
        ASSERT_NE(at, signal.end()) << "samples in their order";
        // By chance a stretch that reaches out by a few samples may be quieter than all that do not.
        EXPECT_GE(at - signal.begin(), static_cast<std::ptrdiff_t>(from) - 100);
        EXPECT_LE(at - signal.begin() + 1000, static_cast<std::ptrdiff_t>(from) + 3100);
    }
}

TEST(QuietestStretch, IsUnbrokenAndNeverSilent) {
    std::vector<float> signal = noise(4000, [](std::size_t i) { return i < 2000 ? 1.0 : 3.0; });
    for (std::size_t i = 500; i < 2000; i += 500) signal[i] = kNaN;
    std::fill(signal.begin() + 2000, signal.begin() + 2900, 0.0f);
    QuietestStretch stretch{kRate, 1.0};
    for (std::size_t i = 0; i < 3000; ++i) {
        stretch.process(signal[i]);
        EXPECT_TRUE(stretch.quietest().empty() || i >= 2500);
    }
    for (std::size_t i = 0; i < 2000; ++i) stretch.process(0.0f);
    EXPECT_TRUE(std::any_of(stretch.quietest().begin(), stretch.quietest().end(), [](float x) { return x != 0.0f; }));
    QuietestStretch invalid{kRate, 1.0};
    for (std::size_t i = 0; i < 3000; ++i) invalid.process(signal[i], false);
    EXPECT_TRUE(invalid.quietest().empty());
    EXPECT_THROW(QuietestStretch(kRate, 0.0), Error);
}

TEST(Contractions, HaveAnEstimateAndADecisionOfBothEnds) {
    const std::vector<float> signal = noise(10'000, [](std::size_t i) { return i / 1000 % 3 == 1 ? 10.0 : 1.0; });
    for (const OnsetMethod method : {OnsetMethod::hodges, OnsetMethod::tkeo, OnsetMethod::bonato, OnsetMethod::cusum}) {
        ContractionFinder finder{make_onset_detector(method, kRate, std::span{signal}.first(1000))};
        // Ends flicker where a detector has a short dwell: the long ones are those that were made.
        std::vector<Contraction> found;
        for (const float x : signal) {
            const std::optional<Contraction> ended = finder.process(x);
            if (ended && *ended->offset > ended->onset + 500) found.push_back(*ended);
        }
        ASSERT_EQ(found.size(), 3u) << onset_method_name(method);
        for (std::size_t k = 0; k < 3; ++k) {
            EXPECT_NEAR(static_cast<double>(found[k].onset), 1000.0 + 3000.0 * static_cast<double>(k), 60.0);
            EXPECT_GE(found[k].onset_decided, found[k].onset);
            EXPECT_GT(*found[k].offset, found[k].onset_decided);
            EXPECT_GE(*found[k].offset_decided, *found[k].offset);
        }
        EXPECT_EQ(onset_method(onset_method_name(method)), method);
    }
    EXPECT_THROW(onset_method("hodge"), Error);
}

TEST(Contractions, OneThatOutlastsTheSignalIsOpen) {
    const std::vector<float> signal = noise(3000, [](std::size_t i) { return i >= 2000 ? 10.0 : 1.0; });
    ContractionFinder finder{make_onset_detector(OnsetMethod::cusum, kRate, std::span{signal}.first(1000))};
    for (const float x : signal) EXPECT_FALSE(finder.process(x));
    ASSERT_TRUE(finder.unfinished());
    EXPECT_NEAR(static_cast<double>(finder.unfinished()->onset), 2000.0, 10.0);
    EXPECT_FALSE(finder.unfinished()->offset);
}

}  // namespace
}  // namespace tonus
