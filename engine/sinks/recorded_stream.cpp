#include "engine/sinks/recorded_stream.hpp"

#include "engine/formats/xdf_blocks.hpp"

namespace tonus {
namespace {

constexpr double kOffsetEveryS = 5.0;  // as LSL's recorder does

}  // namespace

RecordedStream::Kept RecordedStream::take(const FrameRecord& record, std::string& chunks) {
    const Placement placement = timeline_.place(record);
    n_overrun_seen_ += record.overrun_before;
    const std::size_t n_kept = record.frames.n_frames - placement.n_skip;
    if (n_kept == 0) return {placement.frame, 0};
    if (!has_begun_) {
        has_begun_ = true;
        begin_s_ = static_cast<double>(record.frames.arrival_ns) * 1e-9 - info_.rate.time_s(n_kept);
    }
    if (placement.frame != open_first_ + n_open_) close_chunk(chunks);
    if (n_open_ == 0) open_first_ = placement.frame;
    if (block_count_ == 0) block_first_ = placement.frame;
    const std::span<const std::byte> samples = record.frames.slice(placement.n_skip, n_kept).bytes();
    open_.append(reinterpret_cast<const char*>(samples.data()), samples.size());
    n_open_ += n_kept;
    block_count_ += n_kept;
    n_recorded_ += n_kept;
    return {placement.frame, n_kept};
}

void RecordedStream::close_chunk(std::string& chunks) {
    if (n_open_ == 0) return;
    tell_clock(chunks);
    formats::append_xdf_frames(chunks, id_, stamp_s(open_first_),
                               {.type = info_.type, .n_channels = info_.channels.size(), .n_frames = static_cast<std::size_t>(n_open_),
                                .data = reinterpret_cast<const std::byte*>(open_.data())});
    open_first_ += n_open_;
    n_open_ = 0;
    open_.clear();
}

void RecordedStream::tell_clock(std::string& chunks) {
    const double at_s = stamp_s(open_first_), device_s = info_.rate.time_s(open_first_);
    if (device_s < next_offset_s_) return;
    next_offset_s_ = device_s + kOffsetEveryS;
    const ClockEstimate& clock = timeline_.clock();
    const double host_s = device_s + clock.offset_s + clock.drift_ppm * 1e-6 * (device_s - clock.at_s);
    formats::append_xdf_clock_offset(chunks, id_, at_s, clock.valid ? host_s - at_s : 0.0);
}

formats::IntegrityCount RecordedStream::close_block() {
    const LossLedger& ledger = timeline_.ledger();
    const formats::IntegrityCount count{.id = id_, .first = block_count_ == 0 ? timeline_.next_frame() : block_first_, .count = block_count_,
                                        .recorded = n_recorded_, .emitted = timeline_.next_frame(), .lost = ledger.lost, .ignored = ledger.ignored};
    block_count_ = 0;
    return count;
}

}  // namespace tonus
