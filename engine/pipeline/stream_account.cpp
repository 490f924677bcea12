#include "engine/pipeline/stream_account.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

// A clock this far off its nominal rate is a wrong rate, not a drift (reliability F16).
constexpr double kRateMismatchPpm = 1000.0;

}  // namespace

Placement StreamAccount::place(const FrameRecord& record, ResultPort& out) noexcept {
    const Placement placement = timeline_.place(record);
    n_overrun_seen_ += record.overrun_before;
    const std::uint64_t first = placement.frame - placement.n_gap();
    report_gap(first, placement.n_gap_device, placement.cause, out);
    report_gap(first + placement.n_gap_device, placement.n_gap_overrun, GapCause::overrun, out);

    const ClockEstimate& clock = timeline_.clock();
    if (clock.valid && !mismatch_reported_ && std::abs(clock.drift_ppm) > kRateMismatchPpm) {
        mismatch_reported_ = true;
        out.event({.kind = EventKind::rate_mismatch,
                   .time_s = time_s(placement.frame),
                   .stream = stream_,
                   .value = clock.drift_ppm});
    }
    return placement;
}

void StreamAccount::end(std::uint64_t n_overrun, ResultPort& out) noexcept {
    const std::uint64_t n_last = n_overrun - std::min(n_overrun, n_overrun_seen_);
    const std::uint64_t first_frame = timeline_.next_frame();
    timeline_.lost_at_end(n_last);
    report_gap(first_frame, n_last, GapCause::overrun, out);
    out.event({.kind = EventKind::ended, .time_s = time_s(timeline_.next_frame()), .stream = stream_});
}

void StreamAccount::report_gap(std::uint64_t first_frame, std::uint64_t n_frames, GapCause cause,
                               ResultPort& out) const noexcept {
    if (n_frames == 0) return;
    out.event({.kind = EventKind::gap,
               .time_s = time_s(first_frame),
               .stream = stream_,
               .first_frame = first_frame,
               .n_frames = n_frames,
               .cause = cause});
}

}  // namespace tonus
