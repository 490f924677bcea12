#include "drivers/transport/device_address.hpp"

#include <charconv>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr std::chrono::milliseconds kConnectTimeout{3000};

}  // namespace

HostPort parse_host_port(const std::string& address, std::uint16_t default_port) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string::npos) return {address, default_port};
    HostPort parts{address.substr(0, colon), 0};
    const char* const end = address.data() + address.size();
    const auto [at, code] = std::from_chars(address.data() + colon + 1, end, parts.port);
    if (code != std::errc{} || at != end || parts.port == 0 || parts.host.empty()) {
        throw usage_error("'" + address + "' is not a host and a port from 1 to 65535, such as 192.168.4.1:8001");
    }
    return parts;
}

std::unique_ptr<ByteStream> open_line(Ports& ports, const std::string& address, unsigned baud, std::uint16_t default_port) {
    if (address.starts_with('/')) return ports.open_tty(address, baud);
    const HostPort where = parse_host_port(address, default_port);
    return ports.connect_tcp(where.host, where.port, kConnectTimeout);
}

}  // namespace tonus
