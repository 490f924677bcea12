#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/byte_stream.hpp"
#include "engine/core/clock.hpp"

namespace tonus {

/// A line to a device, with what every driver does on it: take all that came, wait for an answer,
/// let old bytes run out. Each with a deadline; at most kReadBytesMax are held.
///
/// Threads  one.
class DeviceLine {
public:
    static constexpr std::size_t kReadBytesMax = 65536;

    DeviceLine(std::unique_ptr<ByteStream> stream, Clock& clock);

    /// Waits for the first bytes, then takes all that is there. Empty when nothing came. Valid
    /// until the next call.
    std::span<const std::byte> read(std::chrono::milliseconds timeout) noexcept;

    /// Sends all of it. False when the other end is gone or takes nothing for a second.
    bool send(std::span<const std::byte> bytes) noexcept;
    bool send(std::string_view text) noexcept { return send(std::as_bytes(std::span{text.data(), text.size()})); }
    bool send(std::initializer_list<std::uint8_t> bytes) noexcept {
        return send(std::as_bytes(std::span{bytes.begin(), bytes.size()}));
    }

    /// Throws away what comes until it has been quiet for so long, or `most` is over.
    void drain(std::chrono::milliseconds quiet, std::chrono::milliseconds most) noexcept;

    /// Throws away what comes during this time: devices that are spoken to too soon do not listen.
    void pause(std::chrono::milliseconds time) noexcept { drain(time, time); }

    /// What came up to and with `end`; nothing when that is not there in time. What follows is
    /// kept for the next read.
    std::optional<std::string> read_until(std::string_view end, std::chrono::milliseconds timeout);

    /// Exactly so many bytes; nothing when they are not there in time.
    std::optional<std::vector<std::byte>> read_exactly(std::size_t n_bytes, std::chrono::milliseconds timeout);

    bool is_closed() const noexcept { return closed_; }
    Clock& clock() const noexcept { return clock_; }

private:
    std::size_t fill(std::chrono::milliseconds timeout) noexcept;

    std::unique_ptr<ByteStream> stream_;
    Clock& clock_;
    std::vector<std::byte> buffer_;
    std::size_t n_held_ = 0;   ///< at the front of the buffer, not handed out yet
    std::size_t n_given_ = 0;  ///< at the front of the buffer, handed out by the last read
    bool closed_ = false;
};

}  // namespace tonus
