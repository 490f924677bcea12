#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/aligned.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// How the frames of one channel in one tick came. A frame counts once: by its strongest flag.
struct TickCounts {
    std::uint32_t n_frames = 0;
    std::uint32_t n_valid = 0;
    std::uint32_t n_saturated = 0;
    std::uint32_t n_gap = 0;
    std::uint32_t n_lead_off = 0;
    std::uint32_t n_settling = 0;
    std::uint32_t n_not_finite = 0;
};

/// The energy of 10 ms per channel, over the samples that count. A view, until the next call.
struct EnergyTick {
    std::uint64_t index = 0;
    std::span<const double> energy_uv2;  ///< sum of squares of the valid samples
    std::span<const TickCounts> counts;
    /// How many frames, if in all channels all of them count, as nearly always; else 0.
    std::uint32_t n_whole = 0;
};

/// Sums squares in double over ticks of 10 ms. Flagged samples enter neither sum nor count.
///
/// Output     the ticks whose last frame has come, whatever the cut of the blocks.
/// Real time  process() and skip() do not allocate, lock, throw or call the system.
/// Source     domain 2.1, 3.2; design, "Tick".
class BlockEnergy {
public:
    BlockEnergy(Rate rate, std::size_t n_channels);

    /// The next frames of the stream, at most kBlockFrames.
    std::span<const EnergyTick> process(const Block<unit::Microvolt>& block) noexcept;

    /// Frames of a long gap, at most kBlockFrames, counted as gap.
    std::span<const EnergyTick> skip(std::size_t n_frames) noexcept;

private:
    void begin_call() noexcept;
    std::size_t n_of_tick(std::size_t n) const noexcept;
    void count_flags(const Block<unit::Microvolt>& part) noexcept;
    TickCounts* begin_counts() noexcept;
    void finish_counts() noexcept;
    void advance(std::size_t n_frames) noexcept;
    std::size_t slot() const noexcept { return n_done_ * lanes_; }

    Rate rate_;
    std::size_t n_channels_, lanes_;
    std::uint64_t next_frame_ = 0;
    std::uint64_t tick_ = 0;
    std::uint64_t tick_end_;             // first frame of the next tick
    std::size_t n_done_ = 0;             // ticks finished in this call
    AlignedVector<double> energy_;       // [tick of this call][lane]; the last is open
    std::vector<TickCounts> counts_;     // the same, of runs with flags in them while a tick is open
    std::vector<std::uint32_t> whole_;   // [tick of this call], what its counts say if they are of whole frames; else 0
    std::uint32_t n_whole_ = 0;          // frames of the open tick that came without a flag
    bool flagged_ = false;               // others came too
    std::vector<EnergyTick> ticks_;
};

}  // namespace tonus
