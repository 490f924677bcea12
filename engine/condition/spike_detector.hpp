#pragma once

#include <array>
#include <cstdint>
#include <vector>

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
/// Source     domain 2.5. The median comes from counts in half octaves of a sample every 4 ms, right to a few percent.
class SpikeDetector {
public:
    explicit SpikeDetector(const SpikeConfig& config);

    void process(Block<unit::Microvolt> block) noexcept;
    void restart() noexcept;

    std::uint64_t n_spikes(std::size_t channel) const noexcept { return channels_[channel].n_spikes; }

private:
    static constexpr std::size_t kBins = 44;
    static constexpr std::size_t kParts = 20;  // of 100 ms each

    struct Channel {
        double floor_uv = 0.0;                 // 1.5 times the peaks of the maximum
        float threshold_uv = 0.0f;
        std::uint64_t marked_until = 0;
        std::uint64_t n_spikes = 0;
        std::array<std::uint32_t, kBins> sum{};                         // of all parts
        std::array<std::array<std::uint16_t, kBins>, kParts> parts{};
    };

    void find_peaks(const Block<unit::Microvolt>& run) noexcept;
    void mark(const Block<unit::Microvolt>& run, std::size_t ch) noexcept;
    void count(const Block<unit::Microvolt>& run) noexcept;
    void end_part() noexcept;
    static double median_of(const std::array<std::uint32_t, kBins>& sum) noexcept;

    std::vector<Channel> channels_;
    std::uint64_t n_part_, n_mark_, n_step_;
    std::vector<float> peak_uv_;  // [lane], of the frames in hand
    std::uint64_t n_frames_ = 0;
    std::size_t part_ = 0;
};

}  // namespace tonus
