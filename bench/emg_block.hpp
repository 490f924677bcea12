#pragma once

#include <algorithm>
#include <vector>

#include <benchmark/benchmark.h>

#include "engine/core/aligned.hpp"
#include "engine/core/block.hpp"
#include "engine/core/random.hpp"

namespace tonus::bench {

/// Noise of 40 uV at 2 kHz, from which a block is refilled before each use: filtered over and over it would
/// decay into denormals, and the figure would be about those.
class EmgBlock {
public:
    explicit EmgBlock(std::size_t n_channels)
        : n_channels_(n_channels), signal_(kBlockFrames * padded_lanes(n_channels)), work_(signal_.size()), flags_(signal_.size(), 0) {
        Random random{1};
        for (float& x : signal_) x = static_cast<float>(40.0 * random.normal());
    }

    Block<unit::Microvolt> refilled() {
        std::copy(signal_.begin(), signal_.end(), work_.begin());
        return {work_.data(), flags_.data(), n_channels_, kBlockFrames};
    }

private:
    std::size_t n_channels_;
    AlignedVector<float> signal_, work_;
    AlignedVector<std::uint8_t> flags_;
};

/// Channel-samples, where every iteration does a block.
inline void count_blocks(benchmark::State& state) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBlockFrames) * state.range(0));
}

/// Channel-ticks, where every iteration does a tick of 10 ms.
inline void count_ticks(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * state.range(0)); }

inline std::size_t n_channels_of(const benchmark::State& state) { return static_cast<std::size_t>(state.range(0)); }

}  // namespace tonus::bench
