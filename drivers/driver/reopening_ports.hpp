#pragma once

#include <atomic>
#include <memory>

#include "drivers/transport/ports.hpp"

namespace tonus {

/// Ports through which a lost device is opened again, beside a run that goes on: no connection is
/// waited for longer than a second, and when the run is to end, what opening waits for is given up
/// within a tenth of one. Once the device is open its lines are as they always were, so that it can
/// be stopped in good order.
///
/// Threads  one, the device's own; `stop` may be set by any.
class ReopeningPorts final : public Ports {
public:
    /// @param stop  true when the run is to end; may be null
    ReopeningPorts(Ports& ports, const std::atomic<bool>* stop) : ports_(ports), stop_(stop) {}

    void set_opening(bool opening) noexcept { *opening_ = opening; }

    std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud) override;
    std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) override;
    std::unique_ptr<ByteStream> accept_tcp(std::uint16_t port, std::chrono::milliseconds timeout) override;
    std::unique_ptr<ByteStream> bind_udp(std::uint16_t port) override;
    std::vector<SerialPort> serial_ports() override { return ports_.serial_ports(); }
    Clock& clock() noexcept override { return ports_.clock(); }

private:
    class Line;
    std::unique_ptr<ByteStream> wrap(std::unique_ptr<ByteStream> line) const;

    Ports& ports_;
    const std::atomic<bool>* stop_;
    std::shared_ptr<bool> opening_ = std::make_shared<bool>(false);  ///< shared with the lines
};

}  // namespace tonus
