#include <array>
#include <optional>

#include <fmt/format.h>

#include "drivers/driver/byte_order.hpp"
#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/motion_stream.hpp"
#include "drivers/driver/wide_counter.hpp"
#include "drivers/xsens/decoder.hpp"
#include "drivers/xsens/emulator.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;
using xsens::Id;

constexpr std::array kOptions{
    DriverOption{"rate", "10 20 25 40 50 80 100 200 400, 100", "Hz, of all that is measured"},
    DriverOption{"baud", "number, 115200", "as the device is set"},
};

constexpr int kTries = 5;  // a device that measures talks over the first requests
constexpr std::array<std::uint16_t, 5> kItems{0x1020, 0x1060, 0x4020, 0x8020, 0x2010};
constexpr std::uint16_t kWithEveryPacket = 0xFFFF;

class XsensDevice final : public LineDevice {
public:
    XsensDevice(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(), ports.open_tty(url.address(), static_cast<unsigned>(url.number("baud", 115200.0, 300.0, 4e6))), ports.clock()),
          finder_(xsens::kMessageBytesMax) {
        const auto rate_hz = static_cast<std::uint16_t>(
            std::stoi(url.choice("rate", "100", {"10", "20", "25", "40", "50", "80", "100", "200", "400"})));
        if (!request(Id::go_to_config)) {
            throw run_error(name_ + ": no Xsens MTi answers here: is it plugged in, baud= as it is set, and in use by no other program?");
        }
        const auto id = request(Id::request_device_id);
        const std::string device_id = fmt::format("xsens:{:08X}", id && id->size() == 4 ? unsigned_be<4>(*id) : 0);
        set_output(rate_hz);
        const Rate rate{rate_hz, 1};
        for (const StreamKind kind : {StreamKind::acceleration, StreamKind::angular_rate, StreamKind::orientation}) {
            streams_.push_back(motion_stream(kind, rate, SampleType::float32, 1.0, device_id));
        }
        counter_.emplace(65536, rate);
    }

    void start() override {
        if (!request(Id::go_to_measurement)) throw run_error(name_ + ": it does not begin to measure: is its power steady? unplug it and try again");
        expect_frames();
    }
    void stop() noexcept override { line_.send(xsens::make_message(Id::go_to_config)); }

private:
    /// The payload of the acknowledgement, data that come before it skipped.
    std::optional<std::vector<std::byte>> request(Id id, std::span<const std::uint8_t> payload = {}) {
        const std::vector<std::byte> message = xsens::make_message(id, payload);
        for (int attempt = 0; attempt < kTries; ++attempt) {
            if (!line_.send(message)) return std::nullopt;
            std::optional<std::vector<std::byte>> found;
            const bool answered = wait_for(500ms, [&](std::span<const std::byte> bytes) {
                finder_.feed(bytes, xsens::match_message, [&](std::span<const std::byte> answer) {
                    const auto data = xsens::payload_of(answer);
                    if (xsens::id_of(answer) == xsens::acknowledge_of(id)) found.emplace(data.begin(), data.end());
                });
                return found.has_value();
            });
            if (answered) return found;
        }
        return std::nullopt;
    }

    void set_output(std::uint16_t rate_hz) {
        std::vector<std::uint8_t> wanted;
        for (const std::uint16_t item : kItems) {
            const bool is_label = item < 0x2000;
            for (const std::uint16_t word : {item, is_label ? kWithEveryPacket : rate_hz}) {
                wanted.push_back(static_cast<std::uint8_t>(word >> 8));
                wanted.push_back(static_cast<std::uint8_t>(word));
            }
        }
        const auto accepted = request(Id::set_output, wanted);
        for (std::size_t at = 8; accepted && at + 4 <= accepted->size(); at += 4) {
            const std::uint64_t got_hz = unsigned_be<2>(*accepted, at + 2);
            if (got_hz != rate_hz) throw usage_error(fmt::format("{}: this device does {} Hz in place of {}: say rate={}", name_, got_hz, rate_hz, got_hz));
        }
        if (!accepted || accepted->size() < wanted.size()) {
            throw run_error(name_ + ": it does not offer acceleration, rate of turn and orientation: which model is it? an MTi-2, -3 or 100 upward does");
        }
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        measured_.clear();
        finder_.feed(bytes, xsens::match_message, [&](std::span<const std::byte> message) {
            if (xsens::id_of(message) != Id::data) return;
            const xsens::Measurement found = xsens::decode_measurement(xsens::payload_of(message));
            if (found.whole && found.counter) measured_.push_back(found);
        });
        if (measured_.empty()) return false;
        counter_->arrived(*measured_.back().counter, measured_.size(), line_.clock().now_ns());
        for (const xsens::Measurement& m : measured_) {
            const auto index = counter_->widen(*m.counter);
            if (!index) continue;
            if (m.acceleration) sink.push(0, *index, raw_frames(std::span<const float>{*m.acceleration}, 3));
            if (m.angular_rate) sink.push(1, *index, raw_frames(std::span<const float>{*m.angular_rate}, 3));
            if (m.quaternion) sink.push(2, *index, raw_frames(std::span<const float>{*m.quaternion}, 4));
        }
        return true;
    }

    FrameFinder finder_;
    std::vector<xsens::Measurement> measured_;
    std::optional<WideCounter> counter_;
};

std::unique_ptr<Device> open_xsens(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": which port? write xsens:/dev/ttyUSB0, or xsens:usb= and its serial number");
    return std::make_unique<XsensDevice>(url, ports);
}

std::vector<Found> probe_xsens(Ports& ports) {
    std::vector<Found> found;
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.product.find("MTi") != std::string::npos || port.product.find("Xsens") != std::string::npos) {
            found.push_back({"xsens:" + port.path, port.product});
        }
    }
    return found;
}

}  // namespace

extern const Driver xsens_driver;
const Driver xsens_driver{
    .scheme = "xsens",
    .summary = "Xsens MTi: acceleration, angular rate and orientation; serial or USB",
    .url_syntax = "xsens:/dev/ttyUSB0[?rate=100&baud=115200]",
    .options = kOptions,
    .loss_detection = "packet counter modulo 65536; checksum of a byte",
    .clock = "the device's own rate",
    .units = "m/s^2, rad/s and quaternion as float32",
    .probe = &probe_xsens,
    .open = &open_xsens,
    .emulator_options = xsens::emulator_options(),
    .emulate = &xsens::make_emulator,
};

}  // namespace tonus
