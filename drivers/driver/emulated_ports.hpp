#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "drivers/driver/emulated_link.hpp"
#include "drivers/transport/ports.hpp"

namespace tonus {

/// Emulated devices behind the ports of a virtual machine, with a clock that moves whenever
/// somebody waits: whole sessions of real drivers, from seed to seed the same, in no time.
///
/// A serial device is at the path it was plugged into; a device on the network answers at its
/// ports, whatever the host's name. One that is unplugged hangs up its serial lines, while its TCP
/// lines fall silent, as those of a device without power do.
///
/// Threads  one, with everything opened from here.
class EmulatedPorts final : public Ports {
public:
    EmulatedPorts();
    ~EmulatedPorts() override;

    /// @param path        of its serial line, if it has one
    /// @param usb_serial  of the adapter
    void plug(EmulatedLink& link, const std::string& path = "/dev/emulated", const std::string& usb_serial = "EMU0001");

    /// What stands after the scheme in the address of the device that was plugged in first.
    std::string address() const;

    std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud) override;
    std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port,
                                            std::chrono::milliseconds timeout) override;
    std::unique_ptr<ByteStream> accept_tcp(std::uint16_t port, std::chrono::milliseconds timeout) override;
    std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, const std::string& peer) override;
    std::vector<SerialPort> serial_ports() override;
    Clock& clock() noexcept override;

    /// Moves the clock and all devices.
    void advance(std::chrono::nanoseconds by);

private:
    class MovingClock;
    class Stream;
    struct Plugged {
        EmulatedLink* link;
        std::string path, usb_serial;
    };
    struct Place {
        EmulatedLink* link = nullptr;
        std::size_t line = 0;
    };

    Place find(LineKind kind, std::uint16_t port) const;
    std::unique_ptr<ByteStream> attach(Place place);

    std::unique_ptr<MovingClock> clock_;
    std::vector<Plugged> plugged_;
};

}  // namespace tonus
