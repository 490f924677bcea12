#include "engine/timeline/stream_timeline.hpp"

#include <algorithm>

namespace tonus {
namespace {

// Arrival stamps jitter by the radio's buffers, and a host may have slept: this much more than
// the clock shows is still believed.
constexpr double kJumpSlackS = 5.0;
constexpr double kJumpSlackFactor = 1.1;

// This long of nothing but impossible numbers is a restarted counter.
constexpr double kRestartAfterS = 1.0;

}  // namespace

bool StreamTimeline::plausible(std::uint64_t n_jump, std::int64_t arrival_ns) const noexcept {
    const double elapsed_s = static_cast<double>(arrival_ns - last_arrival_ns_) * 1e-9;
    return rate_.time_s(n_jump) <= elapsed_s * kJumpSlackFactor + kJumpSlackS;
}

Placement StreamTimeline::ignore(const FrameRecord& record) noexcept {
    ledger_.ignored += record.frames.n_frames;
    n_ignored_in_a_row_ += record.frames.n_frames;
    return {.frame = next_frame_, .n_skip = record.frames.n_frames};
}

Placement StreamTimeline::place(const FrameRecord& record) noexcept {
    const std::size_t n = record.frames.n_frames;
    const std::int64_t arrival_ns = record.frames.arrival_ns;
    if (!started_) {
        started_ = true;
        next_index_ = record.first_index;
        last_arrival_ns_ = arrival_ns;
    }
    Placement placement{.frame = next_frame_};
    std::uint64_t n_jump = 0;
    if (n_ignored_in_a_row_ >= rate_.frames_in(kRestartAfterS)) {
        // The counter began anew: its numbers say nothing of the time between, the clock does.
        const double away_s = static_cast<double>(arrival_ns - last_arrival_ns_) * 1e-9;
        const std::uint64_t n_away = rate_.frames_in(std::max(away_s, 0.0));
        n_jump = n_away - std::min<std::uint64_t>(n_away, n);
    } else if (record.first_index < next_index_) {
        const std::uint64_t n_behind = next_index_ - record.first_index;
        if (n_behind >= n) return ignore(record);
        placement.n_skip = static_cast<std::size_t>(n_behind);
        ledger_.ignored += n_behind;
    } else {
        n_jump = record.first_index - next_index_;
        if (!plausible(n_jump, arrival_ns)) return ignore(record);
    }
    placement.n_gap_overrun = std::min(record.overrun_before, n_jump);
    placement.n_gap_device = n_jump - placement.n_gap_overrun;
    placement.cause = record.frames.after_absence ? GapCause::away : jump_cause_;
    placement.frame += n_jump;
    n_ignored_in_a_row_ = 0;

    const std::uint64_t n_used = n - placement.n_skip;
    ledger_.received += n_used;
    ledger_.lost[static_cast<std::size_t>(placement.cause)] += placement.n_gap_device;
    ledger_.lost[static_cast<std::size_t>(GapCause::overrun)] += placement.n_gap_overrun;
    if (placement.n_gap() > 0) ++ledger_.n_gaps;

    next_index_ = record.first_index + n;
    next_frame_ = placement.frame + n_used;
    last_arrival_ns_ = arrival_ns;
    clock_.observe(rate_.time_s(next_frame_), arrival_ns);
    return placement;
}

void StreamTimeline::lost_at_end(std::uint64_t n_frames) noexcept {
    if (n_frames == 0) return;
    ledger_.lost[static_cast<std::size_t>(GapCause::overrun)] += n_frames;
    ++ledger_.n_gaps;
    next_frame_ += n_frames;
}

}  // namespace tonus
