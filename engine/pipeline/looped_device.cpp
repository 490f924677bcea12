#include "engine/pipeline/looped_device.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/error.hpp"
#include "engine/formats/limits.hpp"

namespace tonus {
namespace {

/// Frames of later rounds, counted and stamped on from those before.
class ShiftedSink final : public FrameSink {
public:
    ShiftedSink(FrameSink& sink, std::span<const StreamInfo> streams, double begin_s) : sink_(sink), streams_(streams), begin_s_(begin_s) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        // Up, so that a round never begins on a frame of the one before; a millionth of a frame is no frame.
        const auto base = static_cast<std::uint64_t>(std::ceil(begin_s_ * streams_[stream].rate.hz() - 1e-6));
        frames.arrival_ns += std::llround(begin_s_ * 1e9);
        sink_.push(stream, base + first_index, frames);
    }

private:
    FrameSink& sink_;
    std::span<const StreamInfo> streams_;
    double begin_s_;
};

class LengthSink final : public FrameSink {
public:
    explicit LengthSink(std::span<const StreamInfo> streams) : streams_(streams) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        const Rate& rate = streams_[stream].rate;
        const double by_stamp_s = static_cast<double>(frames.arrival_ns) * 1e-9 + 1.0 / rate.hz();
        length_s = std::max({length_s, by_stamp_s, rate.time_s(first_index + frames.n_frames)});
    }
    double length_s = 0.0;

private:
    std::span<const StreamInfo> streams_;
};

}  // namespace

double recording_length_s(Device& device) {
    LengthSink sink{device.streams()};
    device.start();
    ReadStatus status = ReadStatus::frames;
    while (status == ReadStatus::frames || status == ReadStatus::idle) status = device.read(sink, std::chrono::milliseconds{0});
    device.stop();
    return sink.length_s;
}

LoopedDevice::LoopedDevice(OpenRecording open, double period_s, std::uint64_t n_rounds)
    : open_(std::move(open)), device_(open_()), streams_(device_->streams().begin(), device_->streams().end()), period_s_(period_s), n_rounds_(n_rounds) {
    if (device_->pacing() != Pacing::stamped) throw usage_error("only a recording can be played again, and this is a device that sends live");
}

ReadStatus LoopedDevice::read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept {
    ShiftedSink shifted{sink, streams_, static_cast<double>(round_) * period_s_};
    const ReadStatus status = device_->read(shifted, timeout);
    keep_markers(n_markers_seen_);
    const bool last = n_rounds_ != 0 && round_ + 1 == n_rounds_;
    if (status != ReadStatus::ended || last) return status;
    try {
        begin_next_round();
    } catch (const std::exception& error) {
        trouble_ = error.what();
        return ReadStatus::ended;
    }
    return ReadStatus::frames;
}

void LoopedDevice::begin_next_round() {
    trouble_ = device_->trouble();  // a recording that broke off did so in every round
    device_->stop();
    device_ = open_();
    device_->start();
    n_markers_seen_ = 0;
    ++round_;
}

void LoopedDevice::keep_markers(std::size_t from) {
    const std::span<const RecordingNote> all = device_->markers();
    for (std::size_t i = from; i < all.size() && markers_.size() < formats::limits::kAnnotations; ++i) {
        markers_.push_back(all[i]);
        markers_.back().onset_s += static_cast<double>(round_) * period_s_;
    }
    n_markers_seen_ = all.size();
}

double LoopedDevice::progress() const noexcept {
    if (n_rounds_ == 0) return -1.0;
    return (static_cast<double>(round_) + std::max(0.0, device_->progress())) / static_cast<double>(n_rounds_);
}

std::string_view LoopedDevice::trouble() const noexcept {
    return trouble_.empty() ? device_->trouble() : std::string_view{trouble_};
}

}  // namespace tonus
