#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "drivers/transport/ports.hpp"

namespace tonus {

/// Ports through which a lost device is opened and started again, beside a run that goes on: no connection is
/// waited for longer than a second, and nothing is heard of a device that takes longer than a quarter of a
/// minute in all, however many questions it leaves without an answer. When the run is to end, what is waited
/// for is given up within a tenth of a second. Once the device has started its lines are as they always
/// were, so that it can be stopped in good order.
///
/// Threads  one, the device's own; `stop` may be set by any.
class ReopeningPorts final : public Ports {
public:
    /// @param stop  true when the run is to end; may be null
    ReopeningPorts(Ports& ports, const std::atomic<bool>* stop) : ports_(ports), stop_(stop) {}

    /// From now on the device is opened and started, until told otherwise.
    void set_opening(bool opening) noexcept;

    std::unique_ptr<ByteStream> open_tty(const std::string& path, unsigned baud) override;
    std::unique_ptr<ByteStream> connect_tcp(const std::string& host, std::uint16_t port, std::chrono::milliseconds timeout) override;
    std::unique_ptr<ByteStream> accept_tcp(std::uint16_t port, std::chrono::milliseconds timeout) override;
    std::unique_ptr<ByteStream> bind_udp(std::uint16_t port, const std::string& peer) override;
    std::vector<SerialPort> serial_ports() override { return ports_.serial_ports(); }
    Clock& clock() noexcept override { return ports_.clock(); }

private:
    class Line;
    /// Shared with the lines.
    struct Opening {
        bool now = false;
        std::int64_t until_ns = 0;
    };
    std::unique_ptr<ByteStream> wrap(std::unique_ptr<ByteStream> line) const;

    Ports& ports_;
    const std::atomic<bool>* stop_;
    std::shared_ptr<Opening> opening_ = std::make_shared<Opening>();
};

}  // namespace tonus
