#include "drivers/driver/emulated_ports.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace tonus {
namespace {

constexpr std::chrono::milliseconds kStep{1};

}  // namespace

class EmulatedPorts::MovingClock final : public Clock {
public:
    explicit MovingClock(EmulatedPorts& ports) : ports_(ports) {}

    std::int64_t now_ns() const noexcept override { return now_ns_; }
    std::int64_t wall_ns() const noexcept override { return now_ns_; }
    void sleep_until(std::int64_t at_ns) noexcept override {
        while (now_ns_ < at_ns) {
            now_ns_ += std::min<std::int64_t>(at_ns - now_ns_, std::chrono::nanoseconds{kStep}.count());
            for (const Plugged& plugged : ports_.plugged_) plugged.link->advance(now_ns_);
        }
    }

private:
    EmulatedPorts& ports_;
    std::int64_t now_ns_ = 0;
};

/// The host's end of an emulated line.
class EmulatedPorts::Stream final : public ByteStream {
public:
    Stream(Place place, Clock& clock) : place_(place), clock_(clock) { place_.link->connect(place_.line, true); }
    ~Stream() override {
        if (!gone_) place_.link->connect(place_.line, false);
    }

    StreamResult read(std::span<std::byte> into, std::chrono::milliseconds timeout) noexcept override {
        const std::int64_t deadline_ns = clock_.now_ns() + std::chrono::nanoseconds{timeout}.count();
        while (true) {
            gone_ = gone_ || !place_.link->is_plugged();
            if (!gone_) {
                const std::vector<std::byte> bytes = place_.link->take(place_.line, into.size());
                std::copy(bytes.begin(), bytes.end(), into.begin());
                if (!bytes.empty()) return {StreamStatus::ok, bytes.size()};
            }
            if (is_closed()) return {StreamStatus::closed, 0};
            if (clock_.now_ns() >= deadline_ns) return {StreamStatus::timeout, 0};
            clock_.sleep_until(std::min(deadline_ns, clock_.now_ns() + std::chrono::nanoseconds{kStep}.count()));
        }
    }

    StreamResult write(std::span<const std::byte> bytes, std::chrono::milliseconds) noexcept override {
        gone_ = gone_ || !place_.link->is_plugged();
        if (is_closed()) return {StreamStatus::closed, 0};
        if (!gone_) place_.link->hear(place_.line, bytes);
        return {StreamStatus::ok, bytes.size()};
    }

private:
    bool is_closed() const noexcept {
        const bool hangs_up = place_.link->lines()[place_.line].kind == LineKind::serial;
        return gone_ ? hangs_up : place_.link->has_hung_up(place_.line);
    }

    Place place_;
    Clock& clock_;
    bool gone_ = false;  ///< was unplugged: this line does not come back, a new one may
};

EmulatedPorts::EmulatedPorts() : clock_(std::make_unique<MovingClock>(*this)) {}
EmulatedPorts::~EmulatedPorts() = default;

void EmulatedPorts::plug(EmulatedLink& link, const std::string& path, const std::string& usb_serial) {
    plugged_.push_back({&link, path, usb_serial});
}

std::string EmulatedPorts::address() const {
    const LineKind kind = plugged_.front().link->lines()[0].kind;
    if (kind == LineKind::serial) return plugged_.front().path;
    return kind == LineKind::tcp_listens ? "emulated" : "";
}

Clock& EmulatedPorts::clock() noexcept { return *clock_; }

void EmulatedPorts::advance(std::chrono::nanoseconds by) { clock_->sleep_until(clock_->now_ns() + by.count()); }

std::vector<SerialPort> EmulatedPorts::serial_ports() {
    std::vector<SerialPort> ports;
    for (const Plugged& plugged : plugged_) {
        const bool is_serial = plugged.link->lines()[0].kind == LineKind::serial;
        if (is_serial && plugged.link->is_plugged()) ports.push_back({plugged.path, plugged.usb_serial, "emulated"});
    }
    return ports;
}

EmulatedPorts::Place EmulatedPorts::find(LineKind kind, std::uint16_t port) const {
    for (const Plugged& plugged : plugged_) {
        const std::span<const EmulatorLine> lines = plugged.link->lines();
        for (std::size_t line = 0; line < lines.size(); ++line) {
            if (lines[line].kind == kind && lines[line].port == port) return {plugged.link, line};
        }
    }
    return {};
}

std::unique_ptr<ByteStream> EmulatedPorts::attach(Place place) { return std::make_unique<Stream>(place, *clock_); }

std::unique_ptr<ByteStream> EmulatedPorts::open_tty(const std::string& path, unsigned) {
    for (const Plugged& plugged : plugged_) {
        if (plugged.path == path && plugged.link->lines()[0].kind == LineKind::serial && plugged.link->is_plugged()) {
            return attach({plugged.link, 0});
        }
    }
    throw run_error(path + ": no such serial port");
}

std::unique_ptr<ByteStream> EmulatedPorts::connect_tcp(const std::string& host, std::uint16_t port,
                                                       std::chrono::milliseconds timeout) {
    const Place place = find(LineKind::tcp_listens, port);
    if (place.link == nullptr) throw run_error(fmt::format("{}:{}: nothing listens on this port", host, port));
    if (!place.link->is_plugged()) {
        advance(timeout);
        throw run_error(fmt::format("{}:{}: no answer within {} ms", host, port, timeout.count()));
    }
    return attach(place);
}

std::unique_ptr<ByteStream> EmulatedPorts::accept_tcp(std::uint16_t port, std::chrono::milliseconds timeout) {
    const Place place = find(LineKind::tcp_dials, port);
    if (place.link == nullptr || !place.link->is_plugged()) {
        advance(timeout);
        throw run_error(fmt::format("TCP port {}: no device dialled in within {} ms", port, timeout.count()));
    }
    return attach(place);
}

std::unique_ptr<ByteStream> EmulatedPorts::bind_udp(std::uint16_t port, const std::string&) {
    const Place place = find(LineKind::udp, port);
    if (place.link == nullptr) throw run_error(fmt::format("UDP port {}: taken", port));
    return attach(place);
}

}  // namespace tonus
