#include "drivers/transport/ports.hpp"

#include <fmt/format.h>

#include "drivers/transport/serial_ports.hpp"
#include "drivers/transport/transport.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

class SystemPorts final : public Ports {
public:
    std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud) override {
        return tonus::open_tty(path, baud);
    }
    std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                            std::chrono::milliseconds timeout) override {
        return tonus::connect_tcp(host, port, timeout);
    }
    std::unique_ptr<ByteStream> accept_tcp(std::uint16_t port, std::chrono::milliseconds timeout) override {
        if (auto stream = TcpListener{port, Reach::network}.accept(timeout)) return stream;
        throw run_error(fmt::format("TCP port {}: no device dialled in within {} ms; is it switched on, and set to this "
                                    "machine's address and port?", port, timeout.count()));
    }
    std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, const std::string& peer) override { return tonus::bind_udp(port, Reach::network, peer); }
    std::vector<SerialPort> serial_ports() override { return find_serial_ports("/sys/class/tty", "/dev"); }
    Clock& clock() noexcept override { return clock_; }

private:
    SystemClock clock_;
};

}  // namespace

Ports& system_ports() {
    static SystemPorts ports;
    return ports;
}

std::string port_identity(Ports& ports, const std::string& path) {
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.path == path && !port.usb_serial.empty()) return port.usb_serial;
    }
    return path;
}

}  // namespace tonus
