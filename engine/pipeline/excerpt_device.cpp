#include "engine/pipeline/excerpt_device.hpp"

#include <cmath>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

// A push bears the stamp of its last frame and spans 100 ms at most: one that begins before the end of
// the part is not later than this.
constexpr std::int64_t kLongestPushNs = 200'000'000;

std::unique_ptr<Device> recording(std::unique_ptr<Device> device, const std::string& name) {
    if (device->pacing() != Pacing::stamped) throw usage_error(name + ": only of a recording a part can be played, and this is a device that sends live");
    return device;
}

/// Sees how far the recording has come while it passes the frames on.
class WatchedSink final : public FrameSink {
public:
    explicit WatchedSink(FrameSink& sink) : sink_(sink) {}
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        newest_ns = frames.arrival_ns;
        sink_.push(stream, first_index, frames);
    }
    std::int64_t newest_ns = kUnstamped;

private:
    FrameSink& sink_;
};

}  // namespace

ExcerptDevice::ExcerptDevice(std::unique_ptr<Device> device, std::optional<double> from_s, std::optional<double> to_s, const std::string& name)
    : device_(recording(std::move(device), name)),
      selected_(device_->streams(), {.streams = {}, .from_s = from_s, .to_s = to_s}, name) {
    if (to_s) end_ns_ = std::llround(*to_s * 1e9) + kLongestPushNs;
}

ReadStatus ExcerptDevice::read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept {
    if (over_) return ReadStatus::ended;
    selected_.pass_to(sink);
    WatchedSink watched{selected_};
    const ReadStatus status = device_->read(watched, timeout);
    const std::span<const RecordingNote> all = device_->markers();
    if (all.size() > n_markers_seen_) {
        for (RecordingNote& note : selected_.within({all.begin() + static_cast<std::ptrdiff_t>(n_markers_seen_), all.end()})) markers_.push_back(std::move(note));
        n_markers_seen_ = all.size();
    }
    over_ = end_ns_ && watched.newest_ns > *end_ns_;
    return over_ ? ReadStatus::ended : status;
}

std::string_view ExcerptDevice::trouble() const noexcept {
    // What is wrong behind the part that was asked for is not this run's.
    return over_ ? std::string_view{} : device_->trouble();
}

}  // namespace tonus
