#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/driver/emulated_link.hpp"
#include "drivers/transport/transport.hpp"
#include "engine/core/clock.hpp"

namespace tonus {

/// Gives an emulated device to the programs of this machine: its serial line as a pseudo terminal,
/// its network lines at ports of the loopback interface, in real time.
///
/// Threads  one.
class EmulatorHost {
public:
    /// The link stays the caller's and outlives this.
    /// @param path  a name for the serial line that stays when it is plugged in anew; may be empty
    /// Throws Error when a port is taken.
    EmulatorHost(EmulatedLink& link, Clock& clock, std::string path);
    ~EmulatorHost();

    /// What stands after the scheme in the address of this device.
    std::string address() const;

    /// Moves what is due both ways, then waits a millisecond.
    void step();

private:
    struct Line {
        std::unique_ptr<ByteStream> stream;
        std::optional<TcpListener> listener;
        std::string path;                ///< of the pseudo terminal
        std::vector<std::byte> pending;  ///< taken from the link, not yet from us
        std::int64_t next_try_ns = 0;
    };

    void plug(std::size_t line);
    void unplug(std::size_t line);
    void reach(std::size_t line);
    void carry(std::size_t line);

    EmulatedLink& link_;
    Clock& clock_;
    std::string path_;
    std::int64_t origin_ns_;
    std::vector<Line> lines_;
    bool plugged_ = false;
};

}  // namespace tonus
