#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/device/device.hpp"

namespace tonus {

/// Opens a recording again, from its beginning. Throws Error.
using OpenRecording = std::function<std::unique_ptr<Device>()>;

/// How long a recording is, by the stamps and frame numbers of all its streams. Reads it to its end.
double recording_length_s(Device& device);

/// A recording played over and over as one that goes on: frames and stamps count on. What is played beside
/// it has the same period, so that both keep together.
///
/// Losses  the last frame and the next first are not neighbours: between them frames are missing
///         (10 ms and what the recording is shorter than the period), as after any interruption.
class LoopedDevice final : public Device {
public:
    /// How far a round is longer than the longest recording.
    static constexpr double kSeamS = 0.01;

    /// @param n_rounds  0: without end
    /// @param period_s  of a round: the length of the longest recording and kSeamS
    /// Throws Error as `open` does, and for a device that sends live.
    LoopedDevice(OpenRecording open, double period_s, std::uint64_t n_rounds);

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override { device_->start(); }
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override;
    void stop() noexcept override { device_->stop(); }
    double progress() const noexcept override;
    std::string_view trouble() const noexcept override;
    std::span<const RecordingNote> markers() const noexcept override { return markers_; }

private:
    void begin_next_round();
    void keep_markers(std::size_t from);

    OpenRecording open_;
    std::unique_ptr<Device> device_;
    std::vector<StreamInfo> streams_;
    double period_s_;
    std::uint64_t n_rounds_;
    std::uint64_t round_ = 0;
    std::string trouble_;
    std::vector<RecordingNote> markers_;
    std::size_t n_markers_seen_ = 0;  // of this round
};

}  // namespace tonus
