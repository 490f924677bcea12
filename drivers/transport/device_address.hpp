#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "drivers/transport/ports.hpp"

namespace tonus {

/// A serial port for "/dev/rfcomm0", TCP for "192.168.4.1:8001" or, without a port, at the default one.
/// Throws Error as open_tty() and connect_tcp() do; Error (usage) for a port that is no number.
std::unique_ptr<ByteStream> open_line(Ports& ports, const std::string& address, unsigned baud, std::uint16_t default_port);

/// Host and port of "192.168.4.1:8001".
struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};
HostPort parse_host_port(const std::string& address, std::uint16_t default_port);

}  // namespace tonus
