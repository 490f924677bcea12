#include "engine/condition/spike_lanes.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/block.hpp"
#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

constexpr std::size_t kLanesUsed = 24, kFrames = 9;

TEST(SpikeLanes, FindThePeaksOfEachLaneOnEveryInstructionSet) {
    Random random{4};
    std::vector<float> samples(kFrames * kLanesUsed), expected(kLanesUsed, 0.0f);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<float>(random.normal());
        expected[i % kLanesUsed] = std::max(expected[i % kLanesUsed], std::abs(samples[i]));
    }
    test::each_target([&] {
        std::vector<float> peak(kLanesUsed), threshold = expected;
        EXPECT_FALSE(find_peaks(samples.data(), kLanesUsed, kFrames, threshold.data(), peak.data())) << "none is above its own";
        EXPECT_EQ(peak, expected);
        for (std::size_t lane = 0; lane < kLanesUsed; ++lane) {
            threshold[lane] = 0.99f * expected[lane];
            EXPECT_TRUE(find_peaks(samples.data(), kLanesUsed, kFrames, threshold.data(), peak.data())) << lane;
            threshold[lane] = expected[lane];
        }
    });
}

TEST(SpikeLanes, CountWhatIsAboveEachLevelOnEveryInstructionSet) {
    Random random{6};
    std::vector<float> frame(kLanesUsed), per_unit(kLanesUsed);
    std::vector<std::uint8_t> flags(kLanesUsed, 0);
    for (std::size_t lane = 0; lane < kLanesUsed; ++lane) {
        frame[lane] = static_cast<float>(random.normal() * std::pow(2.0, static_cast<double>(random.below(12))));
        per_unit[lane] = lane % 5 == 4 ? 0.0f : 0.7f;
        flags[lane] = lane % 6 == 5 ? sample_flag::gap : lane % 3 == 2 ? sample_flag::spike : std::uint8_t{0};
    }
    std::vector<std::int16_t> expected((1 + kSpikeLevels.size()) * kLanesUsed, 0);
    for (std::size_t lane = 0; lane < kLanesUsed; ++lane) {
        if (flags[lane] == sample_flag::gap) continue;
        expected[lane] = 1;
        for (std::size_t k = 0; k < kSpikeLevels.size(); ++k) {
            expected[(1 + k) * kLanesUsed + lane] = std::abs(frame[lane]) * per_unit[lane] > kSpikeLevels[k] ? 1 : 0;
        }
    }
    test::each_target([&] {
        std::vector<std::int16_t> counts(expected.size(), 0);
        count_levels(frame.data(), flags.data(), kLanesUsed, per_unit.data(), counts.data());
        EXPECT_EQ(counts, expected);
    });
}

}  // namespace
}  // namespace tonus
