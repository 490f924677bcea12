#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/byte_stream.hpp"
#include "engine/core/clock.hpp"

namespace tonus {

/// A serial port that is plugged in now.
struct SerialPort {
    std::string path;        ///< "/dev/ttyUSB0"
    std::string usb_serial;  ///< of the adapter: the same wherever it is plugged in; empty where it has none
    std::string product;     ///< "FT231X USB UART"
};

/// The seam through which drivers reach their devices, and the clock that goes with it: the real
/// ports of this machine, or emulated devices on a virtual clock.
class Ports {
public:
    virtual ~Ports() = default;

    /// See transport.hpp for what each throws.
    virtual std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud) = 0;
    virtual std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                                    std::chrono::milliseconds timeout) = 0;
    virtual std::unique_ptr<ByteStream> accept_tcp(std::uint16_t port, std::chrono::milliseconds timeout) = 0;
    virtual std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, const std::string& peer) = 0;

    virtual std::vector<SerialPort> serial_ports() = 0;
    virtual Clock& clock() noexcept = 0;
};

/// The ports of this machine. May be shared by threads.
Ports& system_ports();

/// The USB serial number behind a path, or the path itself where there is none: an identity that
/// a reference and a reconnection can go by.
std::string port_identity(Ports& ports, const std::string& path);

}  // namespace tonus
