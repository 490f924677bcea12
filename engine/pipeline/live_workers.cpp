#include "engine/pipeline/live_workers.hpp"

#include <algorithm>

namespace tonus {
namespace {

// Between two looks at the doorbell the engine takes at most this many records, so that a burst
// does not keep it from its end.
constexpr int kRecordsPerStep = 64;

// Devices before the engine: what they do is short, and the engine waits for it.
constexpr int kDevicePriority = 51, kEnginePriority = 50;

}  // namespace

DeviceWorker::DeviceWorker(Device& device, FrameRing& ring, FrameRing* recorded, const SessionClock& session, Doorbell& engine,
                           std::chrono::milliseconds patience, bool gives_ticks, const LivePlaces& places, MarkerBoard* markers)
    // The merge waits for what a device with stamps of its own says it has heard.
    : device_(device), session_(session), engine_(engine), patience_(patience),
      wakes_(gives_ticks || device.pacing() == Pacing::stamped), places_(places),
      markers_(device.pacing() == Pacing::live ? markers : nullptr) {
    if (device.pacing() == Pacing::live) sink_ = std::make_unique<StampingSink>(ring, recorded, session);
    else sink_ = std::make_unique<RingSink>(ring, recorded);
}

ThreadWish DeviceWorker::thread_wish() const noexcept {
    return {.realtime_priority = places_.realtime ? kDevicePriority : 0};
}

Next DeviceWorker::step() noexcept {
    const std::int64_t now_ns = session_.now_ns();
    const bool over = session_.is_over();
    const ReadStatus status = over ? ReadStatus::ended : device_.read(*sink_, patience_);
    if (status == ReadStatus::ended || status == ReadStatus::lost) {
        device_.stop();
        sink_->finish();
        engine_.ring();
        return Next::done;
    }
    if (markers_ != nullptr) post_markers();
    age_s_.store(device_.age_s(), std::memory_order_relaxed);
    // Taken before the read: what came during it may bear any later stamp.
    sink_->heard_until(now_ns);
    if (wakes_) engine_.ring();
    return status == ReadStatus::frames ? Next::again : Next::wait;
}

void DeviceWorker::post_markers() {
    const std::span<const RecordingNote> all = device_.markers();
    for (; n_markers_posted_ < all.size(); ++n_markers_posted_) {
        RecordingNote marker = all[n_markers_posted_];
        marker.onset_s = session_.session_s(marker.onset_s);
        markers_->post({&marker, 1});
    }
}

ThreadWish EngineWorker::thread_wish() const noexcept {
    return {.spins = places_.spin, .cpu = places_.cpu, .realtime_priority = places_.realtime ? kEnginePriority : 0};
}

void EngineWorker::enter() noexcept {
    flush_.emplace();
    usage_ = thread_usage();
}

void EngineWorker::leave() noexcept { usage_ = thread_usage() - usage_; }

Next EngineWorker::step() noexcept {
    const bool has_to_merge = merge_.n_devices() > 1;
    for (int i = 0; i < kRecordsPerStep; ++i) {
        const std::int64_t now_ns = has_to_merge ? session_.now_ns() : kUnstamped;
        const std::optional<MergedRecord> merged = merge_.front(now_ns);
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
    double backlog_s = 0.0;  // of the device that is furthest behind
    for (const DeviceWorker* device : devices_) backlog_s = std::max(backlog_s, device->age_s());
    sink_.idle(static_cast<double>(session_.now_ns() - newest_ns) * 1e-9 + backlog_s, ring_.n_missed());
    if (last) return Next::done;
    return any ? Next::again : Next::wait;
}

}  // namespace tonus
