#pragma once

#include <chrono>
#include <cstddef>
#include <span>

namespace tonus {

enum class StreamStatus {
    ok,
    timeout,  ///< nothing came, or nothing could be sent, in time
    closed,   ///< the other end is gone: unplugged, hung up, reset
};

struct StreamResult {
    StreamStatus status = StreamStatus::ok;
    std::size_t n_bytes = 0;
};

/// The seam to a tty or a socket: bytes in, bytes out, each with a deadline. Open while it lives.
/// Used by one thread.
class ByteStream {
public:
    virtual ~ByteStream() = default;

    /// Waits for the first bytes, then takes what is there.
    virtual StreamResult read(std::span<std::byte> into, std::chrono::milliseconds timeout) noexcept = 0;

    /// Sends all bytes or says how many went.
    virtual StreamResult write(std::span<const std::byte> bytes,
                               std::chrono::milliseconds timeout) noexcept = 0;
};

}  // namespace tonus
