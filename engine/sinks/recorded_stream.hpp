#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/formats/xdf_integrity.hpp"
#include "engine/ring/frame_ring.hpp"
#include "engine/timeline/stream_timeline.hpp"

namespace tonus {

/// A raw stream on its way into a recording: its frames as they came, each at its place, and its ledger.
///
/// A stamp is the stream's first one plus the frame's number over the rate, so that holes stay exact; what the
/// device's clock does against the host's is in the clock offsets.
class RecordedStream {
public:
    /// @param id  in the file, from 1
    RecordedStream(const StreamInfo& info, std::uint32_t id) : info_(info), id_(id), timeline_(info) {}

    /// Frames kept of a record: none of those that came before.
    struct Kept {
        std::uint64_t first_frame = 0;
        std::size_t n_frames = 0;
    };
    /// Takes a record; chunks that are finished by it go to `chunks`.
    Kept take(const FrameRecord& record, std::string& chunks);

    /// Finishes the chunk that is open.
    void close_chunk(std::string& chunks);

    /// After the last record: frames the ring refused since.
    void end(std::uint64_t n_overrun) noexcept { timeline_.lost_at_end(n_overrun); }

    /// The account of the block that ends here; the next one begins.
    formats::IntegrityCount close_block();

    std::uint32_t id() const noexcept { return id_; }
    const StreamInfo& info() const noexcept { return info_; }
    bool has_begun() const noexcept { return has_begun_; }
    std::uint64_t n_overrun_seen() const noexcept { return n_overrun_seen_; }
    /// Frames that our ring refused.
    std::uint64_t n_overrun() const noexcept { return timeline_.ledger().lost[static_cast<std::size_t>(GapCause::overrun)]; }
    std::uint64_t n_recorded() const noexcept { return n_recorded_; }
    double stamp_s(std::uint64_t frame) const noexcept { return begin_s_ + info_.rate.time_s(frame); }
    double last_stamp_s() const noexcept { return stamp_s(open_first_ == 0 ? 0 : open_first_ - 1); }

private:
    void tell_clock(std::string& chunks);

    StreamInfo info_;
    std::uint32_t id_;
    StreamTimeline timeline_;
    bool has_begun_ = false;
    double begin_s_ = 0.0;
    double next_offset_s_ = 0.0;
    std::string open_;                // samples of the chunk that is not finished
    std::uint64_t open_first_ = 0;    // its first frame
    std::uint64_t n_open_ = 0;
    std::uint64_t block_first_ = 0;
    std::uint64_t block_count_ = 0;
    std::uint64_t n_recorded_ = 0;
    std::uint64_t n_overrun_seen_ = 0;
};

}  // namespace tonus
