#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/gate.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"
#include "engine/device/frames.hpp"

namespace tonus {

/// Samples in microvolts, one channel after the other.
using Lanes = std::vector<std::vector<float>>;

/// One EMG stream of a recording as the gate gives it, kept whole, channel by channel.
///
/// Use        append() and gap() in the order of the timeline.
/// Memory     5 bytes a sample of every channel. Long gaps keep none.
class KeptSignal {
public:
    /// Frames between two long gaps, and the gap before them.
    struct Stretch {
        std::uint64_t n_gap = 0;
        std::size_t first = 0;  ///< where it lies in the lanes
        std::size_t n_frames = 0;
    };

    KeptSignal(const Rate& rate, const GateConfig& gate);

    void append(const RawFrames& raw);
    void gap(std::uint64_t n_frames);

    /// An electrode is off from when it came off, not from when that was sure; the last 20 ms before
    /// a hole settle, as those after it: there the backward pass begins.
    void mark_in_hindsight();
    /// What lies `seconds` before a marked sample of a stretch is marked too.
    void mark_before(std::uint8_t flag, double seconds);

    const Rate& rate() const noexcept { return rate_; }
    std::size_t n_channels() const noexcept { return gated_uv_.size(); }
    std::span<const Stretch> stretches() const noexcept { return stretches_; }
    std::uint64_t n_hold_max() const noexcept { return n_hold_max_; }  ///< frames: a longer gap ends a stretch
    std::uint64_t n_samples() const noexcept { return n_channels() * flags_[0].size(); }

    const Lanes& gated_uv() const noexcept { return gated_uv_; }
    void drop_gated() noexcept { gated_uv_.assign(n_channels(), {}); }
    std::span<const std::uint8_t> flags(std::size_t channel) const noexcept { return flags_[channel]; }
    std::span<std::uint8_t> flags(std::size_t channel) noexcept { return flags_[channel]; }

private:
    void keep(const Block<unit::Microvolt>& gated);

    Rate rate_;
    std::uint64_t n_hold_max_;
    Gate gate_;
    std::vector<Stretch> stretches_;
    Lanes gated_uv_;
    std::vector<std::vector<std::uint8_t>> flags_;
};

/// A channel of a kept signal, filtered forward and backward from long hole to long hole.
std::vector<float> filtered(const KeptSignal& kept, std::span<const float> signal_uv, std::size_t channel,
                            std::span<const Section> sections, std::size_t n_pad);

/// Makes blocks of signals that lie channel by channel.
class BlockOfLanes {
public:
    explicit BlockOfLanes(std::size_t n_channels);

    /// At most kBlockFrames frames; a view until the next call.
    Block<unit::Microvolt> at(const Lanes& signal_uv, const KeptSignal& kept, std::size_t first, std::size_t n_frames) noexcept;
    /// The frames before `end`, the last one first.
    Block<unit::Microvolt> backward(const Lanes& signal_uv, const KeptSignal& kept, std::size_t end, std::size_t n_frames) noexcept;

private:
    template <class FrameAt>
    Block<unit::Microvolt> fill(const Lanes& signal_uv, const KeptSignal& kept, std::size_t n_frames, FrameAt frame_at) noexcept;

    std::vector<float> samples_;
    std::vector<std::uint8_t> flags_;
};

}  // namespace tonus
