#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/motion_stream.hpp"
#include "drivers/driver/time_counter.hpp"
#include "drivers/ngimu/datagram_line.hpp"
#include "drivers/ngimu/decoder.hpp"
#include "drivers/ngimu/emulator.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr std::array kOptions{
    DriverOption{"rate", "number, 50", "Hz, as /sensors is set on the device"},
    DriverOption{"port", "number, 8010", "UDP port of this machine that the device is set to send to"},
    DriverOption{"peer", "address, anyone's", "the device's own, as 192.168.1.2: datagrams of all others are thrown away"},
    DriverOption{"baud", "number, 115200", "of its serial line"},
};

constexpr double kGravity = 9.80665, kRadiansPerDegree = std::numbers::pi / 180.0;
constexpr std::uint64_t kTicksPerS = std::uint64_t{1} << 32;
constexpr std::size_t kSamplesToBelieve = 4;

std::unique_ptr<ByteStream> open_packets(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) {
        return ngimu::packets_of_datagrams(ports.bind_udp(static_cast<std::uint16_t>(url.number("port", 8010.0, 1.0, 65535.0)), url.text_option("peer", "")));
    }
    return ports.open_tty(url.address(), static_cast<unsigned>(url.number("baud", 115200.0, 300.0, 4e6)));
}

class NgimuDevice final : public LineDevice {
public:
    NgimuDevice(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(), open_packets(url, ports), ports.clock()),
          finder_(ngimu::kPacketBytesMax),
          rate_hz_(static_cast<std::uint64_t>(std::llround(url.number("rate", 50.0, 1.0, 400.0)))),
          counter_(kTicksPerS, rate_hz_) {
        check_rate();
        const std::string id = "ngimu:" + (url.address().empty() ? std::string{"udp"} : port_identity(ports, url.address()));
        const Rate rate{rate_hz_, 1};
        streams_ = {motion_stream(StreamKind::acceleration, rate, SampleType::float32, kGravity, id),
                    motion_stream(StreamKind::angular_rate, rate, SampleType::float32, kRadiansPerDegree, id)};
    }

    void start() override {
        line_.drain(0ms, 0ms);
        finder_.restart();
        expect_frames();
    }
    void stop() noexcept override {}  // it streams as long as it is on

private:
    /// It is set by its own program, so how fast it sends can only be seen.
    void check_rate() {
        std::vector<double> times_s;
        wait_for(2s, [&](std::span<const std::byte> bytes) {
            finder_.feed(bytes, ngimu::match_packet, [&](std::span<const std::byte> packet) {
                if (const auto found = ngimu::decode_sensors(packet)) {
                    times_s.push_back(static_cast<double>(found->time_tag) / static_cast<double>(kTicksPerS));
                }
            });
            return times_s.size() >= kSamplesToBelieve;
        });
        if (times_s.size() < kSamplesToBelieve) {
            throw run_error(name_ + ": no NGIMU sends /sensors here: is it on, set to send to this machine and port, with the sensors message enabled?");
        }
        // The shortest interval: a lost one only lengthens the others. One that overtook is put back,
        // one that came twice has none.
        std::sort(times_s.begin(), times_s.end());
        double seen_hz = 0.0;
        for (std::size_t i = 1; i < times_s.size(); ++i) {
            if (times_s[i] > times_s[i - 1]) seen_hz = std::max(seen_hz, 1.0 / (times_s[i] - times_s[i - 1]));
        }
        if (std::abs(seen_hz / static_cast<double>(rate_hz_) - 1.0) > 0.1) {
            throw usage_error(fmt::format("{}: it sends /sensors at {:.0f} Hz, not at {}: say rate={:.0f}", name_, seen_hz, rate_hz_, seen_hz));
        }
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        bool any = false;
        finder_.feed(bytes, ngimu::match_packet, [&](std::span<const std::byte> packet) {
            const auto found = ngimu::decode_sensors(packet);
            if (!found) return;
            any = true;
            const std::uint64_t index = counter_.number(found->time_tag);
            sink.push(0, index, raw_frames(std::span<const float>{found->acceleration_g}, 3));
            sink.push(1, index, raw_frames(std::span<const float>{found->gyro_deg_s}, 3));
        });
        return any;
    }

    FrameFinder finder_;
    std::uint64_t rate_hz_;
    TimeCounter counter_;
};

std::unique_ptr<Device> open_ngimu(const SourceUrl& url, Ports& ports) {
    if (!url.address().empty() && !url.address().starts_with('/')) {
        throw usage_error(url.text() + ": the device sends to this machine and not the other way; write ngimu:?port=8010, or a serial port such as ngimu:/dev/ttyACM0");
    }
    return std::make_unique<NgimuDevice>(url, ports);
}

std::vector<Found> probe_ngimu(Ports& ports) {
    std::vector<Found> found;
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.product.find("NGIMU") != std::string::npos) found.push_back({"ngimu:" + port.path, port.product});
    }
    return found;
}

}  // namespace

extern const Driver ngimu_driver;
const Driver ngimu_driver{
    .scheme = "ngimu",
    .summary = "x-io NGIMU: acceleration and angular rate; UDP, USB or serial",
    .url_syntax = "ngimu:[?port=8010&rate=50] for Wi-Fi, or ngimu:/dev/ttyACM0",
    .options = kOptions,
    .loss_detection = "the device's time in each packet; lengths and types, no checksum of its own",
    .clock = "the device's time",
    .units = "g and deg/s as float32",
    .probe = &probe_ngimu,
    .open = &open_ngimu,
    .emulator_options = ngimu::emulator_options(),
    .emulate = &ngimu::make_emulator,
};

}  // namespace tonus
