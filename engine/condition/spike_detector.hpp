#pragma once

#include <cstdint>
#include <vector>

#include "engine/condition/spike_lanes.hpp"
#include "engine/core/aligned.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

struct SpikeConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    /// Per channel, of the calibration: the maximum tells a spike from a strong contraction. 0 or
    /// absent: not calibrated, then nothing is marked.
    std::vector<double> mvc_uv = {};
};

/// Marks what no muscle can do: a sample beyond 12 robust standard deviations of the last 2 s and
/// beyond one and a half times the peaks of a maximal contraction.
///
/// Marks      spike, from that sample on for 50 ms. The 50 ms before it, which the offline form
///            marks too, have left already.
/// Input      conditioned microvolts; flagged samples do not enter the statistics.
/// Real time  process() and restart() do not allocate, lock, throw or call the system.
/// Source     domain 2.5. The median of a sample every 4 ms is only needed where it could move the threshold: from counts
///            in half octaves above that, right to a few percent.
class SpikeDetector {
public:
    explicit SpikeDetector(const SpikeConfig& config);

    void process(Block<unit::Microvolt> block) noexcept;
    void restart() noexcept;

    std::uint64_t n_spikes(std::size_t channel) const noexcept { return channels_[channel].n_spikes; }

private:
    static constexpr std::size_t kParts = 20;  // of 100 ms each
    static constexpr std::size_t kRows = 1 + kSpikeLevels.size();

    struct Channel {
        std::uint64_t marked_until = 0;
        std::uint64_t n_spikes = 0;
    };

    void mark(const Block<unit::Microvolt>& run, std::size_t ch) noexcept;
    void count(const Block<unit::Microvolt>& run) noexcept;
    void end_part() noexcept;
    float median_uv(std::size_t ch) const noexcept;
    std::int16_t* part(std::size_t p) noexcept { return parts_.data() + p * kRows * lanes_; }

    std::vector<Channel> channels_;
    std::uint64_t n_part_, n_mark_, n_step_;
    std::size_t lanes_;
    bool any_calibrated_ = false;         // else nothing is ever marked
    AlignedVector<float> unit_uv_;        // [lane], the median from which on the threshold rises with it
    AlignedVector<float> per_unit_;       // its inverse; 0: not calibrated
    AlignedVector<float> threshold_uv_;   // [lane]
    AlignedVector<float> peak_uv_;        // [lane], of the frames in hand
    AlignedVector<std::int16_t> parts_;   // [part][row][lane], as count_levels() has them
    AlignedVector<std::int16_t> sum_;     // [row][lane], of all parts
    std::uint64_t n_frames_ = 0;
    std::uint64_t marked_until_ = 0;      // the last of all channels
    std::size_t part_ = 0;
};

}  // namespace tonus
