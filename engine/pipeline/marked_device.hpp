#pragma once

#include <memory>

#include "engine/device/device.hpp"
#include "engine/sinks/marker_board.hpp"

namespace tonus {

/// A device whose markers go to a board as they are read.
class MarkedDevice final : public Device {
public:
    /// The board outlives this.
    MarkedDevice(std::unique_ptr<Device> device, MarkerBoard& board) : device_(std::move(device)), board_(board) {}

    std::span<const StreamInfo> streams() const noexcept override { return device_->streams(); }
    Pacing pacing() const noexcept override { return device_->pacing(); }
    void start() override { device_->start(); }
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override {
        const ReadStatus status = device_->read(sink, timeout);
        const std::span<const RecordingNote> markers = device_->markers();
        if (markers.size() > n_posted_) board_.post(markers.subspan(n_posted_));
        n_posted_ = markers.size();
        return status;
    }
    void stop() noexcept override { device_->stop(); }
    double progress() const noexcept override { return device_->progress(); }
    std::string_view trouble() const noexcept override { return device_->trouble(); }
    std::span<const RecordingNote> markers() const noexcept override { return device_->markers(); }

private:
    std::unique_ptr<Device> device_;
    MarkerBoard& board_;
    std::size_t n_posted_ = 0;
};

}  // namespace tonus
