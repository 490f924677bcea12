#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/rate.hpp"
#include "engine/device/stream_info.hpp"
#include "engine/ring/frame_ring.hpp"
#include "engine/sinks/result_ring.hpp"
#include "engine/timeline/stream_timeline.hpp"

namespace tonus {

/// Puts the records of one stream in their place, and tells of what happened to it: what was lost
/// with length and cause, a clock that is off its nominal rate, the end.
///
/// Real time  place() and end() do not allocate, lock, throw or call the system.
/// Source     design, "Frame index"; reliability F3, F16.
class StreamAccount {
public:
    /// @param stream  its number in the events
    StreamAccount(const StreamInfo& info, std::size_t stream) noexcept
        : timeline_(info), rate_(info.rate), stream_(stream) {}

    Placement place(const FrameRecord& record, ResultPort& out) noexcept;

    /// After the last record. `n_overrun` is what the ring refused of the stream in all.
    void end(std::uint64_t n_overrun, ResultPort& out) noexcept;

    const StreamTimeline& timeline() const noexcept { return timeline_; }
    const Rate& rate() const noexcept { return rate_; }
    double time_s(std::uint64_t frame) const noexcept { return rate_.time_s(frame); }

private:
    void report_gap(std::uint64_t first_frame, std::uint64_t n_frames, GapCause cause, ResultPort& out) const noexcept;

    StreamTimeline timeline_;
    Rate rate_;
    std::size_t stream_;
    std::uint64_t n_overrun_seen_ = 0;
    bool mismatch_reported_ = false;
};

}  // namespace tonus
