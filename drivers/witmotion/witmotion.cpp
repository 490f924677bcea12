#include <array>
#include <numbers>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/motion_stream.hpp"
#include "drivers/driver/wide_counter.hpp"
#include "drivers/witmotion/decoder.hpp"
#include "drivers/witmotion/emulator.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;
using witmotion::Type;

constexpr std::array kOptions{
    DriverOption{"rate", "10 20 50 100 200, 100", "Hz; 100 needs 57600 baud or more"},
    DriverOption{"baud", "auto or number, auto", "as the device is set: 115200, 9600, 921600 and 230400 are tried"},
};

constexpr std::array<unsigned, 4> kUsualBauds{115200, 9600, 921600, 230400};
constexpr std::size_t kFramesPerSample = 4;
constexpr int kFramesToBelieve = 3;
constexpr double kMetresPerS2 = 16.0 * 9.80665 / 32768.0, kRadiansPerS = 2000.0 * std::numbers::pi / 180.0 / 32768.0, kQuaternion = 1.0 / 32768.0;
constexpr std::uint8_t kOutputRegister = 0x02, kRateRegister = 0x03, kKeyRegister = 0x69;
constexpr std::uint16_t kTimeAccelerationGyroQuaternion = 0x0207, kKey = 0xB588;

/// The device streams by itself: the speed at which frames can be read is its speed.
struct OpenLine {
    std::unique_ptr<ByteStream> stream;
    unsigned baud = 0;
};

bool frames_come(ByteStream& stream, Clock& clock) {
    FrameFinder finder{witmotion::kFrameBytes};
    std::array<std::byte, 256> bytes;
    int n_frames = 0;
    const std::int64_t end_ns = clock.now_ns() + std::chrono::nanoseconds{1200ms}.count();
    while (n_frames < kFramesToBelieve && clock.now_ns() < end_ns) {
        const StreamResult result = stream.read(bytes, 50ms);
        if (result.status == StreamStatus::closed) return false;
        finder.feed(std::span{bytes}.first(result.n_bytes), witmotion::match_frame, [&](std::span<const std::byte>) { ++n_frames; });
    }
    return n_frames >= kFramesToBelieve;
}

OpenLine find_baud(const SourceUrl& url, Ports& ports) {
    std::vector<unsigned> bauds{kUsualBauds.begin(), kUsualBauds.end()};
    if (url.text_option("baud", "auto") != "auto") bauds = {static_cast<unsigned>(url.number("baud", 0.0, 4800.0, 921600.0))};
    for (const unsigned baud : bauds) {
        OpenLine found{ports.open_tty(url.address(), baud), baud};
        if (frames_come(*found.stream, ports.clock())) return found;
    }
    throw run_error(fmt::format("{}: no WitMotion sensor sends here at {} baud: is it powered, and is this its port?", url.text(), fmt::join(bauds, ", ")));
}

class WitmotionDevice final : public LineDevice {
public:
    WitmotionDevice(const SourceUrl& url, OpenLine found, Ports& ports)
        : LineDevice(url.text(), std::move(found.stream), ports.clock()),
          finder_(witmotion::kFrameBytes),
          counter_(witmotion::kMillisecondsPerDay, Rate{1000, 1}) {
        const std::string rate = url.choice("rate", "100", {"10", "20", "50", "100", "200"});
        rate_hz_ = static_cast<std::uint64_t>(std::stoi(rate));
        if (rate_hz_ * kFramesPerSample * witmotion::kFrameBytes > found.baud / 10) {
            throw usage_error(fmt::format("{}: {} Hz does not fit through {} baud: say rate=20 or less, or set the sensor to 115200 baud with the "
                                          "vendor's program", name_, rate, found.baud));
        }
        configure(rate == "10" ? 0x06 : rate == "20" ? 0x07 : rate == "50" ? 0x08 : rate == "100" ? 0x09 : 0x0B);
        const std::string id = "witmotion:" + port_identity(ports, url.address());
        const Rate r{rate_hz_, 1};
        streams_ = {motion_stream(StreamKind::acceleration, r, SampleType::int32, kMetresPerS2, id),
                    motion_stream(StreamKind::angular_rate, r, SampleType::int32, kRadiansPerS, id),
                    motion_stream(StreamKind::orientation, r, SampleType::int32, kQuaternion, id)};
    }

    void start() override {
        line_.drain(0ms, 0ms);
        finder_.restart();
        expect_frames();
    }
    void stop() noexcept override {}  // it streams as long as it has power

private:
    /// Until it is switched off; nothing is saved in the device.
    void configure(std::uint16_t rate_code) {
        for (const auto& command : {witmotion::write_register(kKeyRegister, kKey), witmotion::write_register(kOutputRegister, kTimeAccelerationGyroQuaternion),
                                    witmotion::write_register(kKeyRegister, kKey), witmotion::write_register(kRateRegister, rate_code)}) {
            line_.send(std::as_bytes(std::span{command}));
            line_.pause(50ms);
        }
        bool any_time = false, any_quaternion = false;
        const bool obeyed = wait_for(2s, [&](std::span<const std::byte> bytes) {
            finder_.feed(bytes, witmotion::match_frame, [&](std::span<const std::byte> frame) {
                any_time = any_time || witmotion::type_of(frame) == Type::time;
                any_quaternion = any_quaternion || witmotion::type_of(frame) == Type::quaternion;
            });
            return any_time && any_quaternion;
        });
        if (!obeyed) {
            throw run_error(name_ + ": it sends but does not give time and quaternion when asked: is it a nine-axis model (WT901, HWT9xx)?");
        }
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        bool any = false;
        finder_.feed(bytes, witmotion::match_frame, [&](std::span<const std::byte> frame) { any = take(frame, sink) || any; });
        return any;
    }

    bool take(std::span<const std::byte> frame, FrameSink& sink) noexcept {
        const Type type = witmotion::type_of(frame);
        if (type == Type::time) {
            const std::uint64_t ms = witmotion::milliseconds_of(frame);
            counter_.arrived(ms, 1, line_.clock().now_ns());
            const auto wide_ms = counter_.widen(ms);
            if (wide_ms) index_ = (*wide_ms * rate_hz_ + 500) / 1000;
            else if (index_) ++*index_;
        } else if (index_ && type <= newest_) {
            ++*index_;  // the time of this group was lost
        }
        newest_ = type;
        if (!index_ || type == Type::time) return false;
        const std::array<std::int32_t, 4> words = witmotion::words_of(frame);
        const std::span<const std::int32_t> values{words};
        if (type == Type::acceleration) sink.push(0, *index_, raw_frames(values.first(3), 3));
        if (type == Type::angular_rate) sink.push(1, *index_, raw_frames(values.first(3), 3));
        if (type == Type::quaternion) sink.push(2, *index_, raw_frames(values, 4));
        return true;
    }

    FrameFinder finder_;
    WideCounter counter_;
    std::uint64_t rate_hz_ = 0;
    std::optional<std::uint64_t> index_;
    Type newest_ = Type::time;
};

std::unique_ptr<Device> open_witmotion(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": which port? write witmotion:/dev/ttyUSB0");
    return std::make_unique<WitmotionDevice>(url, find_baud(url, ports), ports);
}

/// Behind a USB adapter like any other.
std::vector<Found> probe_witmotion(Ports&) { return {}; }

}  // namespace

extern const Driver witmotion_driver;
const Driver witmotion_driver{
    .scheme = "witmotion",
    .summary = "WitMotion WT901 and its like: acceleration, angular rate, orientation; serial",
    .url_syntax = "witmotion:/dev/ttyUSB0[?rate=100]",
    .options = kOptions,
    .loss_detection = "the device's time in ms; checksum of a byte",
    .clock = "the device's time",
    .units = "int16 over 16 g, 2000 deg/s and 1",
    .probe = &probe_witmotion,
    .open = &open_witmotion,
    .emulator_options = witmotion::emulator_options(),
    .emulate = &witmotion::make_emulator,
};

}  // namespace tonus
