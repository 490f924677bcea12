#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/device/frames.hpp"
#include "engine/device/recording_note.hpp"
#include "engine/device/stream_info.hpp"

namespace tonus {

/// Where a device puts its frames: the ring in a live run, a vector in a test.
class FrameSink {
public:
    virtual ~FrameSink() = default;

    /// One call per packet or read, never per sample.
    /// @param stream       index into Device::streams()
    /// @param first_index  the device's own count, widened to 64 bits; a jump is a loss
    /// @param frames       consecutive frames, interleaved, as the device sent them
    virtual void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept = 0;
};

/// What one read() came to.
enum class ReadStatus {
    frames,  ///< at least one frame was pushed
    idle,    ///< nothing came before the timeout; not an error
    ended,   ///< the recording is over
    lost,    ///< the device is gone; open it again
};

/// When a device's frames come.
enum class Pacing {
    live,     ///< as they are sampled: read() waits for them
    stamped,  ///< as fast as read() is called, each with the arrival stamp it had: recordings, sim
};

/// An open device. It opens by being made and closes by being destroyed, so there is no
/// "not open" state to check. Used by one thread, the device's own.
class Device {
public:
    virtual ~Device() = default;

    /// What it will send: names, rates, channels, units. Fixed while it is open.
    virtual std::span<const StreamInfo> streams() const noexcept = 0;

    virtual Pacing pacing() const noexcept { return Pacing::live; }

    virtual void start() = 0;  ///< throws Error

    /// Waits at most `timeout`, then decodes whatever bytes have come. A stamped device pushes
    /// its frames in the order of their stamps.
    virtual ReadStatus read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept = 0;

    virtual void stop() noexcept = 0;

    /// Where a recording has come to, 0 to 1; negative where there is no end to see.
    virtual double progress() const noexcept { return -1.0; }

    /// Remarks so far: of the part read of a recording, in its own time; live, by the host's clock.
    virtual std::span<const RecordingNote> markers() const noexcept { return {}; }

    /// After `lost`, or when a recording ended before its end: what happened, and where. Empty
    /// when all is well.
    virtual std::string_view trouble() const noexcept { return {}; }

    /// How old the newest frame was when it came, where the sender's stamps tell: a backlog of the
    /// network, or of the program that sends.
    virtual double age_s() const noexcept { return 0.0; }
};

}  // namespace tonus
