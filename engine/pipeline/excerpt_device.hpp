#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/device/device.hpp"
#include "engine/formats/recording_content.hpp"

namespace tonus {

/// A part of a recording, as if there were no more of it: time and frames count from its beginning.
class ExcerptDevice final : public Device {
public:
    /// @param name  of the recording, for messages
    /// Throws Error (usage) for a device that sends live and for a part without length.
    ExcerptDevice(std::unique_ptr<Device> device, std::optional<double> from_s, std::optional<double> to_s,
                  const std::string& name);

    std::span<const StreamInfo> streams() const noexcept override { return device_->streams(); }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override { device_->start(); }
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept override;
    void stop() noexcept override { device_->stop(); }
    double progress() const noexcept override { return device_->progress(); }
    std::string_view trouble() const noexcept override;
    std::span<const RecordingNote> markers() const noexcept override { return markers_; }

private:
    std::unique_ptr<Device> device_;
    formats::SelectingSink selected_;
    std::optional<std::int64_t> end_ns_;
    bool over_ = false;
    std::vector<RecordingNote> markers_;  // within the part
    std::size_t n_markers_seen_ = 0;
};

}  // namespace tonus
