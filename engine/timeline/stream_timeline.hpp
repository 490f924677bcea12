#pragma once

#include <cstdint>

#include "engine/device/gap.hpp"
#include "engine/device/stream_info.hpp"
#include "engine/ring/frame_ring.hpp"
#include "engine/timeline/clock_fit.hpp"

namespace tonus {

/// Where the frames of a record belong on their stream's timeline.
struct Placement {
    std::uint64_t frame = 0;         ///< of the first frame used, counted from the stream's first
    std::uint64_t n_gap_device = 0;  ///< frames missing before it, lost by device or recording
    std::uint64_t n_gap_overrun = 0; ///< frames missing before it, refused by our ring
    GapCause cause = GapCause::device;  ///< of n_gap_device
    std::size_t n_skip = 0;          ///< leading frames of the record to leave out: seen before

    std::uint64_t n_gap() const noexcept { return n_gap_device + n_gap_overrun; }
};

/// Keeps the place, the account and the clock of one stream.
///
/// A jump ahead is a gap with a length and a cause. A jump behind is a repeat and is ignored, and
/// so is a jump far ahead of what the clock allows; but a device that keeps on counting from
/// elsewhere was restarted, and goes on at the place the clock says.
///
/// Real time  place() does not allocate, lock, throw or call the system.
/// Source     design, "Frame index" and "Time"; reliability F3, F4.
class StreamTimeline {
public:
    explicit StreamTimeline(const StreamInfo& stream) noexcept
        : rate_(stream.rate), jump_cause_(stream.jump_cause) {}

    Placement place(const FrameRecord& record) noexcept;

    /// Frames our ring refused after the last record it took.
    void lost_at_end(std::uint64_t n_frames) noexcept;

    const LossLedger& ledger() const noexcept { return ledger_; }
    const ClockEstimate& clock() const noexcept { return clock_.estimate(); }
    std::uint64_t next_frame() const noexcept { return next_frame_; }

private:
    bool plausible(std::uint64_t n_jump, std::int64_t arrival_ns) const noexcept;
    Placement ignore(const FrameRecord& record) noexcept;

    Rate rate_;
    GapCause jump_cause_;
    LossLedger ledger_{};
    ClockFit clock_{};
    bool started_ = false;
    std::uint64_t next_index_ = 0;    // the device's count of the frame to come
    std::uint64_t next_frame_ = 0;    // ours
    std::int64_t last_arrival_ns_ = 0;
    std::uint64_t n_ignored_in_a_row_ = 0;
};

}  // namespace tonus
