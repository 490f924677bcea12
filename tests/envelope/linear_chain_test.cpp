#include "engine/envelope/linear_chain.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/section_cascade.hpp"
#include "engine/core/random.hpp"
#include "engine/envelope/linear_envelope.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

constexpr double kRateHz = 2000.0;
constexpr std::size_t kFrames = 8000, kChannels = 21, kStride = 24;

std::vector<Section> sections() {
    std::vector<Section> all = butterworth_band_pass(4, 20.0, 450.0, kRateHz);
    all.push_back(notch(50.0, 30.0, kRateHz));
    return all;
}

double scale_of(std::size_t channel) { return 0.01 * (1.0 + static_cast<double>(channel)); }

LinearChain chain() {
    std::vector<LinearChain::Channel> channels;
    for (std::size_t ch = 0; ch < kChannels; ++ch) channels.push_back({sections(), scale_of(ch)});
    return {channels, 5.0, kRateHz};
}

std::vector<float> bursts() {
    Random random{5};
    std::vector<float> signal(kFrames * kStride);
    for (std::size_t i = 0; i < signal.size(); ++i) {
        const double level = i / kStride % 2000 < 1000 ? 100.0 : 2.0;
        signal[i] = static_cast<float>(level * random.normal());
    }
    return signal;
}

// Both errors together, filters and envelope: the accuracy the engine promises is 1e-4.
TEST(LinearChain, MatchesTheScalarReferenceInDoubleOnEveryInstructionSet) {
    const std::vector<float> signal = bursts();
    test::each_target([&] {
        std::vector<float> ours(signal.size());
        LinearChain under_test = chain();
        under_test.process({signal.data(), ours.data(), kStride, kFrames});
        for (std::size_t ch = 0; ch < kChannels; ch += 5) {
            SectionCascade<double> filter{sections()};
            LinearEnvelope<double> envelope{1, 5.0, kRateHz};
            double worst = 0.0, full_scale = 0.0;
            for (std::size_t f = 0; f < kFrames; ++f) {
                double x = static_cast<double>(signal[f * kStride + ch]);
                filter.process({&x, 1});
                envelope.process({&x, 1});
                x *= scale_of(ch);
                worst = std::max(worst, std::abs(static_cast<double>(ours[f * kStride + ch]) - x));
                full_scale = std::max(full_scale, x);
            }
            EXPECT_LT(worst / full_scale, 1e-5) << "channel " << ch;
        }
    });
}

TEST(LinearChain, DiffersBetweenInstructionSetsByRoundingOnly) {
    const std::vector<float> signal = bursts();
    std::vector<float> best(signal.size()), ours(signal.size());
    LinearChain of_this_machine = chain();
    of_this_machine.process({signal.data(), best.data(), kStride, kFrames});
    const float full_scale = *std::max_element(best.begin(), best.end());
    test::each_target([&] {
        LinearChain under_test = chain();
        under_test.process({signal.data(), ours.data(), kStride, kFrames});
        float worst = 0.0f;
        for (std::size_t i = 0; i < ours.size(); ++i) worst = std::max(worst, std::abs(ours[i] - best[i]));
        EXPECT_LT(worst / full_scale, 1e-5f);
    });
}

TEST(LinearChain, DoesNotDependOnTheCut) {
    const std::vector<float> signal = bursts();
    test::each_target([&] {
        std::vector<float> whole(signal.size()), pieces(signal.size());
        LinearChain one = chain(), other = chain();
        one.process({signal.data(), whole.data(), kStride, kFrames});
        for (std::size_t f = 0, n = 1; f < kFrames; f += n, n = n % 40 + 1) {
            other.process({signal.data() + f * kStride, pieces.data() + f * kStride, kStride, std::min(n, kFrames - f)});
        }
        EXPECT_EQ(pieces, whole);
    });
}

}  // namespace
}  // namespace tonus
