#include "drivers/driver/reopening_ports.hpp"

#include <algorithm>

namespace tonus {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectMax{1000}, kSlice{100};
constexpr std::chrono::nanoseconds kOpeningMax = std::chrono::seconds{15};  // a Trigno alone takes ten

}  // namespace

class ReopeningPorts::Line final : public ByteStream {
public:
    Line(std::unique_ptr<ByteStream> line, std::shared_ptr<const Opening> opening, const std::atomic<bool>* stop, const Clock& clock)
        : line_(std::move(line)), opening_(std::move(opening)), stop_(stop), clock_(clock) {}

    StreamResult read(std::span<std::byte> into, milliseconds timeout) noexcept override {
        for (; opening_->now && timeout > kSlice; timeout -= kSlice) {
            if (is_given_up()) return {StreamStatus::closed, 0};
            const StreamResult result = line_->read(into, kSlice);
            if (result.status != StreamStatus::timeout) return result;
        }
        return is_given_up() ? StreamResult{StreamStatus::closed, 0} : line_->read(into, timeout);
    }

    StreamResult write(std::span<const std::byte> bytes, milliseconds timeout) noexcept override {
        return is_given_up() ? StreamResult{StreamStatus::closed, 0} : line_->write(bytes, timeout);
    }

private:
    bool is_given_up() const noexcept {
        if (!opening_->now) return false;
        return clock_.now_ns() >= opening_->until_ns || (stop_ != nullptr && stop_->load(std::memory_order_relaxed));
    }

    std::unique_ptr<ByteStream> line_;
    std::shared_ptr<const Opening> opening_;
    const std::atomic<bool>* stop_;
    const Clock& clock_;
};

void ReopeningPorts::set_opening(bool opening) noexcept {
    *opening_ = {.now = opening, .until_ns = clock().now_ns() + kOpeningMax.count()};
}

std::unique_ptr<ByteStream> ReopeningPorts::wrap(std::unique_ptr<ByteStream> line) const {
    return std::make_unique<Line>(std::move(line), opening_, stop_, ports_.clock());
}

std::unique_ptr<ByteStream> ReopeningPorts::open_tty(const std::string& path, unsigned baud) { return wrap(ports_.open_tty(path, baud)); }

std::unique_ptr<ByteStream> ReopeningPorts::connect_tcp(const std::string& host, std::uint16_t port, milliseconds timeout) {
    return wrap(ports_.connect_tcp(host, port, std::min(timeout, kConnectMax)));
}

std::unique_ptr<ByteStream> ReopeningPorts::accept_tcp(std::uint16_t port, milliseconds timeout) {
    return wrap(ports_.accept_tcp(port, std::min(timeout, kConnectMax)));
}

std::unique_ptr<ByteStream> ReopeningPorts::bind_udp(std::uint16_t port, const std::string& peer) { return wrap(ports_.bind_udp(port, peer)); }

}  // namespace tonus
