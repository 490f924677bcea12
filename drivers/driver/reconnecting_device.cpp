#include "drivers/driver/reconnecting_device.hpp"

#include <algorithm>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

// Often enough to be back two seconds after the device is, seldom enough to cost nothing.
constexpr std::int64_t kFirstPauseNs = 250'000'000, kPauseNsMax = 1'000'000'000;

constexpr std::size_t kMarkersMax = 65'536;  // a sender that floods and comes back is not kept without end

}  // namespace

/// Raises the numbers of a device that began anew.
class ReconnectingDevice::Renumbered final : public FrameSink {
public:
    Renumbered(FrameSink& sink, ReconnectingDevice& device) : sink_(sink), device_(device) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        Place& place = device_.places_[stream];
        const std::int64_t now_ns = device_.clock_.now_ns();
        if (!place.first) {
            place.first = first_index;
            frames.after_absence = place.any;
            place.base = place.any ? place.next + frames_away(stream, frames.n_frames, now_ns) : first_index;
            place.any = true;
        }
        // A late frame from before the first one has no place of its own.
        if (first_index < *place.first) return;
        const std::uint64_t index = place.base + (first_index - *place.first);
        sink_.push(stream, index, frames);
        if (index + frames.n_frames > place.next) {
            place.next = index + frames.n_frames;
            place.last_ns = now_ns;
        }
    }

private:
    std::uint64_t frames_away(std::size_t stream, std::size_t n_here, std::int64_t now_ns) const noexcept {
        const double away_s = static_cast<double>(now_ns - device_.places_[stream].last_ns) * 1e-9;
        const std::uint64_t n_away = device_.streams_[stream].rate.frames_in(std::max(away_s, 0.0));
        return n_away - std::min<std::uint64_t>(n_away, n_here);
    }

    FrameSink& sink_;
    ReconnectingDevice& device_;
};

ReconnectingDevice::ReconnectingDevice(std::unique_ptr<Device> device, Reopen reopen, Clock& clock)
    : device_(std::move(device)),
      reopen_(std::move(reopen)),
      clock_(clock),
      streams_(device_->streams().begin(), device_->streams().end()),
      places_(streams_.size()) {}

void ReconnectingDevice::start() {
    for (Place& place : places_) place.first.reset();
    if (device_) device_->start();
    else device_ = reopen_([this](const Device& found) { refuse_another(found.streams()); });
    trouble_.clear();
}

void ReconnectingDevice::stop() noexcept {
    if (device_) device_->stop();
}

ReadStatus ReconnectingDevice::read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept {
    if (!device_) {
        const std::int64_t now_ns = clock_.now_ns();
        const std::int64_t until_ns = std::min(next_try_ns_, now_ns + std::chrono::nanoseconds{timeout}.count());
        clock_.sleep_until(until_ns);
        if (clock_.now_ns() >= next_try_ns_) try_again();
        return ReadStatus::idle;
    }
    Renumbered renumbered{sink, *this};
    const ReadStatus status = device_->read(renumbered, timeout);
    take_markers();
    if (status != ReadStatus::lost) return status;
    lose();
    return ReadStatus::idle;
}

void ReconnectingDevice::take_markers() noexcept {
    const std::span<const RecordingNote> all = device_->markers();
    for (const RecordingNote& marker : all.subspan(std::min(n_markers_taken_, all.size()))) {
        if (markers_.size() < kMarkersMax) markers_.push_back(marker);
    }
    n_markers_taken_ = all.size();
}

void ReconnectingDevice::lose() noexcept {
    trouble_ = device_->trouble();
    n_markers_taken_ = 0;
    device_.reset();  // without stop(): nobody is there to hear it, and it would be waited for
    pause_ns_ = kFirstPauseNs;
    next_try_ns_ = clock_.now_ns() + pause_ns_;
}

void ReconnectingDevice::try_again() noexcept {
    try {
        return start();
    } catch (const Error& error) {
        trouble_ = error.what();
    }
    pause_ns_ = std::min(2 * pause_ns_, kPauseNsMax);
    next_try_ns_ = clock_.now_ns() + pause_ns_;
}

void ReconnectingDevice::refuse_another(std::span<const StreamInfo> found) const {
    bool same = found.size() == streams_.size();
    for (std::size_t s = 0; same && s < found.size(); ++s) {
        if (found[s].device_id != streams_[s].device_id) {
            throw run_error(found[s].device_id + " has come in place of " + streams_[s].device_id + ": plug in the one that was there");
        }
        same = found[s].name == streams_[s].name && found[s].rate == streams_[s].rate &&
               found[s].channels.size() == streams_[s].channels.size() && found[s].settings == streams_[s].settings;
    }
    const std::string which = streams_.empty() ? "the device" : streams_[0].device_id;
    if (!same) throw run_error(which + " came back with other streams or settings: end the run and begin a new one");
}

}  // namespace tonus
