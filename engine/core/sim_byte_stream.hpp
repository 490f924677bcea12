#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "engine/core/byte_stream.hpp"
#include "engine/core/clock.hpp"

namespace tonus {

/// What the other end of a simulated line does, and when.
struct SimLineEvent {
    std::int64_t at_ns = 0;        ///< of the virtual clock
    std::vector<std::byte> bytes;  ///< sent at that moment
    bool hang_up = false;          ///< after these bytes; nothing comes later
};

struct SimLineConfig {
    std::vector<SimLineEvent> script;  ///< in order of time
    std::size_t read_bytes_max = std::numeric_limits<std::size_t>::max();   ///< most a read() returns
    std::size_t write_bytes_max = std::numeric_limits<std::size_t>::max();  ///< most a write() takes
};

/// A tty or socket whose other end follows a script. A read that finds nothing moves the clock to
/// the next event or to its deadline, whichever comes first: it waits as a real one would, without
/// time passing. Bytes sent before a hang-up are still read, then the line is closed.
///
/// Threads  one, with the clock's only other users in the same simulated run.
class SimByteStream final : public ByteStream {
public:
    /// Throws Error when the script is not in order of time or goes on after a hang-up.
    SimByteStream(SimLineConfig config, VirtualClock& clock);

    StreamResult read(std::span<std::byte> into, std::chrono::milliseconds timeout) noexcept override;
    StreamResult write(std::span<const std::byte> bytes,
                       std::chrono::milliseconds timeout) noexcept override;

    /// All bytes written so far, for the test to look at.
    const std::vector<std::byte>& written() const noexcept { return written_; }

private:
    void take_due_events() noexcept;

    SimLineConfig config_;
    VirtualClock& clock_;
    std::size_t next_event_ = 0;
    std::vector<std::byte> waiting_;  ///< sent and not read yet, from n_read_ on
    std::size_t n_read_ = 0;
    bool hung_up_ = false;
    std::vector<std::byte> written_;
};

}  // namespace tonus
