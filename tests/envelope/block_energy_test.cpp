#include "engine/envelope/block_energy.hpp"

#include <gtest/gtest.h>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

constexpr std::size_t kChannels = 11, kStride = padded_lanes(kChannels), kFrames = 1259;
const Rate kRate{1259, 1};  // ticks of 12 and of 13 frames

struct Signal {
    std::vector<float> samples = std::vector<float>(kFrames * kStride, 0.0f);
    std::vector<std::uint8_t> flags = std::vector<std::uint8_t>(kFrames * kStride, 0);
};

/// Most ticks are whole; in some a sample or a stretch of one channel is flagged, or one channel for good.
Signal signal() {
    Signal signal;
    Random random{7};
    for (std::size_t i = 0; i < kFrames; ++i) {
        for (std::size_t ch = 0; ch < kChannels; ++ch) {
            signal.samples[i * kStride + ch] = static_cast<float>(50.0 * random.normal());
            if (random.uniform() < 0.001) signal.flags[i * kStride + ch] = sample_flag::saturated;
        }
        if (i >= 300 && i < 420) signal.flags[i * kStride + 2] = sample_flag::gap;
        if (i >= 900) signal.flags[i * kStride + 9] = sample_flag::lead_off;
    }
    return signal;
}

/// Frame after frame.
TEST(BlockEnergy, CountsWhatASimpleLoopCounts) {
    for (const std::size_t n_block : {kBlockFrames, std::size_t{12}, std::size_t{7}, std::size_t{1}}) {
        Signal s = signal();
        BlockEnergy energy{kRate, kChannels};
        std::size_t n_whole = 0, n_ticks = 0, begin = 0;
        for (std::size_t done = 0; done < kFrames;) {
            const std::size_t n = std::min(n_block, kFrames - done);
            for (const EnergyTick& tick : energy.process({s.samples.data() + done * kStride, s.flags.data() + done * kStride, kChannels, n})) {
                const std::size_t end = kRate.first_frame_of(tick.index + 1);
                bool whole = true;
                for (std::size_t ch = 0; ch < kChannels; ++ch) {
                    double square = 0.0;
                    TickCounts counts;
                    for (std::size_t i = begin; i < end; ++i) {
                        const auto x = static_cast<double>(s.samples[i * kStride + ch]);
                        const std::uint8_t flags = s.flags[i * kStride + ch];
                        ++counts.n_frames;
                        counts.n_valid += flags == 0 ? 1u : 0u;
                        counts.n_lead_off += flags == sample_flag::lead_off ? 1u : 0u;
                        counts.n_saturated += flags == sample_flag::saturated ? 1u : 0u;
                        counts.n_gap += flags == sample_flag::gap ? 1u : 0u;
                        square += flags == 0 ? x * x : 0.0;
                    }
                    EXPECT_EQ(tick.energy_uv2[ch], square);
                    EXPECT_EQ(tick.counts[ch].n_frames, counts.n_frames);
                    EXPECT_EQ(tick.counts[ch].n_valid, counts.n_valid);
                    EXPECT_EQ(tick.counts[ch].n_lead_off, counts.n_lead_off);
                    EXPECT_EQ(tick.counts[ch].n_saturated, counts.n_saturated);
                    EXPECT_EQ(tick.counts[ch].n_gap, counts.n_gap);
                    whole &= counts.n_valid == counts.n_frames;
                }
                EXPECT_EQ(tick.n_whole, whole ? end - begin : 0u) << "tick " << tick.index << ", blocks of " << n_block;
                n_whole += whole ? 1u : 0u;
                ++n_ticks;
                begin = end;
            }
            done += n;
        }
        EXPECT_EQ(n_ticks, 100u);
        EXPECT_GT(n_whole, 40u);
        EXPECT_LT(n_whole, 90u);
    }
}

}  // namespace
}  // namespace tonus
