#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drivers/transport/device_line.hpp"
#include "engine/device/device.hpp"

namespace tonus {

/// A device on one line, as most are: bytes are read and decoded, and it is lost when the line is
/// closed or no frame has come for a while. What a driver adds is its decoder and its commands.
class LineDevice : public Device {
public:
    std::span<const StreamInfo> streams() const noexcept final { return streams_; }
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept final;
    std::string_view trouble() const noexcept final { return trouble_; }

protected:
    /// @param name  as the user wrote it, for messages: "cyton:/dev/ttyUSB0"
    LineDevice(std::string name, std::unique_ptr<ByteStream> stream, Clock& clock)
        : name_(std::move(name)), line_(std::move(stream), clock) {}

    /// Decodes what came and pushes the frames of it. False when there was none.
    virtual bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept = 0;

    /// To be called by start(): silence is counted from here.
    void expect_frames() noexcept { last_frame_ns_ = line_.clock().now_ns(); }

    /// Reads until `enough` says so of what came. False when it does not in time. For devices that
    /// stream without being asked: that what they send can be read is all the greeting there is.
    bool wait_for(std::chrono::milliseconds timeout, const std::function<bool(std::span<const std::byte>)>& enough);

    /// What else can be wrong with a device that answers; ends it as lost.
    void give_up(std::string_view why) noexcept;

    std::string name_;
    DeviceLine line_;
    std::vector<StreamInfo> streams_;
    double silence_s_max_ = 1.0;  ///< without a frame, then it is lost (reliability F5)

private:
    std::string trouble_;
    std::int64_t last_frame_ns_ = 0;
};

}  // namespace tonus
