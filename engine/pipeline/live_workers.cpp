#include "engine/pipeline/live_workers.hpp"

#include <algorithm>

namespace tonus {
namespace {

// Between two looks at the doorbell the engine takes at most this many records, so that a burst
// does not keep it from its end.
constexpr int kRecordsPerStep = 64;

}  // namespace

Next DeviceWorker::step() noexcept {
    const std::int64_t now_ns = session_.now_ns();
    sink_.set_now(now_ns);
    const bool over = session_.is_over();
    const ReadStatus status = over ? ReadStatus::ended : device_.read(sink_, patience_);
    if (status == ReadStatus::ended || status == ReadStatus::lost) {
        device_.stop();
        sink_.finish();
        engine_.ring();
        return Next::done;
    }
    // Taken before the read: what came during it may bear any later stamp.
    sink_.heard_until(now_ns);
    engine_.ring();
    return status == ReadStatus::frames ? Next::again : Next::wait;
}

Next EngineWorker::step() noexcept {
    for (int i = 0; i < kRecordsPerStep; ++i) {
        const std::optional<MergedRecord> merged = merge_.front();
        if (!merged) {
            if (!merge_.finished()) return Next::wait;
            end_streams();
            done_.store(true, std::memory_order_release);
            flush_.reset();
            return Next::done;
        }
        // A long gap is taken in steps; the sinks empty their rings in between.
        if (!pipeline_.process(*merged, out_)) return Next::wait;
        merge_.pop();
    }
    return Next::again;
}

void EngineWorker::end_streams() noexcept {
    for (std::size_t d = 0; d < rings_.size(); ++d) {
        for (std::size_t s = 0; s < n_streams_[d]; ++s) {
            pipeline_.end_stream(d, s, rings_[d]->overrun_frames(s), out_);
        }
    }
}

Next SinkWorker::step() noexcept {
    const bool last = engine_.is_done();
    const bool any = ring_.drain(sink_);
    const std::int64_t newest_ns = std::max<std::int64_t>(ring_.newest_arrival_ns(), 0);
    sink_.idle(static_cast<double>(session_.now_ns() - newest_ns) * 1e-9, ring_.n_missed());
    if (last) return Next::done;
    return any ? Next::again : Next::wait;
}

}  // namespace tonus
