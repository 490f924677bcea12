#include "drivers/driver/reopening_ports.hpp"

#include <algorithm>

namespace tonus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectMax{1000}, kSlice{100};

}  // namespace

class ReopeningPorts::Line final : public ByteStream {
public:
    Line(std::unique_ptr<ByteStream> line, std::shared_ptr<bool> opening, const std::atomic<bool>* stop)
        : line_(std::move(line)), opening_(std::move(opening)), stop_(stop) {}

    StreamResult read(std::span<std::byte> into, milliseconds timeout) noexcept override {
        while (*opening_ && timeout > kSlice) {
            if (stop_ != nullptr && stop_->load(std::memory_order_relaxed)) return {StreamStatus::closed, 0};
            const StreamResult result = line_->read(into, kSlice);
            if (result.status != StreamStatus::timeout) return result;
            timeout -= kSlice;
        }
        const bool give_up = *opening_ && stop_ != nullptr && stop_->load(std::memory_order_relaxed);
        return give_up ? StreamResult{StreamStatus::closed, 0} : line_->read(into, timeout);
    }

    StreamResult write(std::span<const std::byte> bytes, milliseconds timeout) noexcept override {
        return line_->write(bytes, timeout);
    }

private:
    std::unique_ptr<ByteStream> line_;
    std::shared_ptr<bool> opening_;
    const std::atomic<bool>* stop_;
};

std::unique_ptr<ByteStream> ReopeningPorts::wrap(std::unique_ptr<ByteStream> line) const {
    return std::make_unique<Line>(std::move(line), opening_, stop_);
}

std::unique_ptr<ByteStream> ReopeningPorts::open_tty(const std::string& path, unsigned baud) { return wrap(ports_.open_tty(path, baud)); }

std::unique_ptr<ByteStream> ReopeningPorts::connect_tcp(const std::string& host, std::uint16_t port, milliseconds timeout) {
    return wrap(ports_.connect_tcp(host, port, std::min(timeout, kConnectMax)));
}

std::unique_ptr<ByteStream> ReopeningPorts::accept_tcp(std::uint16_t port, milliseconds timeout) {
    return wrap(ports_.accept_tcp(port, std::min(timeout, kConnectMax)));
}

std::unique_ptr<ByteStream> ReopeningPorts::bind_udp(std::uint16_t port) { return wrap(ports_.bind_udp(port)); }

}  // namespace tonus
