#include <array>
#include <numbers>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/motion_stream.hpp"
#include "drivers/driver/time_counter.hpp"
#include "drivers/transport/device_address.hpp"
#include "drivers/ximu3/decoder.hpp"
#include "drivers/ximu3/emulator.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr std::array kOptions{
    DriverOption{"rate", "50 100 200 400, 100", "Hz"},
    DriverOption{"baud", "number, 115200", "of a serial port that is not USB"},
};

constexpr std::uint16_t kTcpPort = 7000;
constexpr std::uint64_t kFullRateHz = 400;
constexpr double kGravity = 9.80665, kRadiansPerDegree = std::numbers::pi / 180.0;

class Ximu3Device final : public LineDevice {
public:
    Ximu3Device(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(),
                     open_line(ports, url.address(), static_cast<unsigned>(url.number("baud", 115200.0, 300.0, 4e6)), kTcpPort),
                     ports.clock()),
          finder_(ximu3::kMessageBytesMax),
          rate_hz_(static_cast<std::uint64_t>(std::stoi(url.choice("rate", "100", {"50", "100", "200", "400"})))),
          counter_(1'000'000, rate_hz_) {
        if (ask("ping").empty()) throw run_error(name_ + ": no x-IMU3 answers here: is it on, in this network, and in use by no other program?");
        set("binary_mode_enabled", "true");
        set("inertial_message_rate_divisor", std::to_string(kFullRateHz / rate_hz_));
        const std::string id = "ximu3:" + serial_number();
        const Rate rate{rate_hz_, 1};
        streams_ = {motion_stream(StreamKind::acceleration, rate, SampleType::float32, kGravity, id),
                    motion_stream(StreamKind::angular_rate, rate, SampleType::float32, kRadiansPerDegree, id)};
    }

    void start() override {
        line_.drain(0ms, 0ms);
        finder_.restart();
        cut_ = true;
        expect_frames();
    }
    void stop() noexcept override {}  // it streams as long as it is on

private:
    /// The answer to {"key":value}, whatever data come before it; empty when none does.
    std::string ask(const std::string& key, const std::string& value = "null") {
        line_.send(fmt::format("{{\"{}\":{}}}\r\n", key, value));
        std::string answer;
        wait_for(2s, [&](std::span<const std::byte> bytes) {
            finder_.feed(bytes, ximu3::match_message, [&](std::span<const std::byte> message) {
                const auto text = ximu3::decode_answer(message);
                if (text && text->find('"' + key + '"') != std::string::npos) answer = *text;
            });
            return !answer.empty();
        });
        return answer;
    }

    void set(const std::string& key, const std::string& value) {
        const std::string answer = ask(key, value);
        if (answer.find(value) == std::string::npos || answer.find("error") != std::string::npos) {
            throw run_error(fmt::format("{}: it did not take {} = {} (it answered '{}'): is its firmware up to date?", name_, key,
                                        value, answer.substr(0, answer.find_last_not_of("\r\n") + 1)));
        }
    }

    std::string serial_number() {
        const std::string answer = ask("serial_number");
        const std::size_t colon = answer.find(':');
        const std::size_t begin = answer.find('"', colon == std::string::npos ? answer.size() : colon);
        if (begin == std::string::npos) return "unknown";
        return answer.substr(begin + 1, answer.find('"', begin + 1) - begin - 1);
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        bool any = false;
        finder_.feed(bytes, ximu3::match_message, [&](std::span<const std::byte> message) {
            if (std::exchange(cut_, false)) return;
            const auto sample = ximu3::decode_inertial(message);
            if (!sample) return;
            any = true;
            const std::uint64_t index = counter_.number(sample->time_us);
            sink.push(0, index, raw_frames(std::span<const float>{sample->acceleration_g}, 3));
            sink.push(1, index, raw_frames(std::span<const float>{sample->gyro_deg_s}, 3));
        });
        return any;
    }

    FrameFinder finder_;
    std::uint64_t rate_hz_;
    TimeCounter counter_;
    bool cut_ = true;  ///< the first message has lost its beginning
};

std::unique_ptr<Device> open_ximu3(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": where? write ximu3:/dev/ttyACM0, or ximu3:192.168.1.1 for its network");
    return std::make_unique<Ximu3Device>(url, ports);
}

std::vector<Found> probe_ximu3(Ports& ports) {
    std::vector<Found> found;
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.product.find("x-IMU3") != std::string::npos) found.push_back({"ximu3:" + port.path, port.product});
    }
    return found;
}

}  // namespace

extern const Driver ximu3_driver;
const Driver ximu3_driver{
    .scheme = "ximu3",
    .summary = "x-io x-IMU3: acceleration and angular rate; USB, serial or TCP",
    .url_syntax = "ximu3:/dev/ttyACM0[?rate=100] or ximu3:HOST:7000",
    .options = kOptions,
    .loss_detection = "the device's time in microseconds; escapes and lengths, no checksum",
    .clock = "the device's time",
    .units = "g and deg/s as float32",
    .probe = &probe_ximu3,
    .open = &open_ximu3,
    .emulator_options = ximu3::emulator_options(),
    .emulate = &ximu3::make_emulator,
};

}  // namespace tonus
