#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "drivers/driver/byte_order.hpp"
#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/motion_stream.hpp"
#include "drivers/driver/wide_counter.hpp"
#include "drivers/shimmer/decoder.hpp"
#include "drivers/shimmer/emulator.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;
using shimmer::Calibration;

constexpr std::array kOptions{
    DriverOption{"rate", "1 to 1024 Hz, 512", "taken to the nearest that 32768 divides into"},
    DriverOption{"imu", "on off, on", "acceleration and angular rate, too"},
};

constexpr unsigned kBaud = 115200;
constexpr double kTicksPerS = 32768.0;
constexpr std::uint64_t kTickTurn = 1u << 24;
constexpr std::uint8_t kShimmer3 = 3;
constexpr double kReferenceV = 2.42, kFullCounts = 8'388'607.0;
constexpr std::array<double, 8> kGains{6, 1, 2, 3, 4, 8, 12, 0};
constexpr std::size_t kCalibrationBytes = 21;
constexpr double kRadiansPerDegree = std::numbers::pi / 180.0;

// Where none is stored: the usual boards, whose axes are turned like this.
constexpr Calibration kUsualAcceleration{{2047, 2047, 2047}, {83, 83, 83}, {1, 0, 2}, {-1, -1, -1}};
constexpr Calibration kUsualGyro{{0, 0, 0}, {65.5, 65.5, 65.5}, {1, 0, 2}, {-1, -1, -1}};

class ShimmerDevice final : public LineDevice {
public:
    ShimmerDevice(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(), ports.open_tty(url.address(), kBaud), ports.clock()), finder_(shimmer::kPacketBytesMax + 4) {
        const auto divider = static_cast<std::uint16_t>(std::lround(kTicksPerS / url.number("rate", 512.0, 1.0, 1024.0)));
        with_imu_ = url.flag("imu", true);
        greet();
        order({0x05, static_cast<std::uint8_t>(divider), static_cast<std::uint8_t>(divider >> 8)}, "the sampling rate");
        order({0x08, static_cast<std::uint8_t>(with_imu_ ? 0xD0 : 0x10), 0x00, 0x00}, "the choice of sensors");
        set_amplifier(divider);
        ask_layout();
        describe("shimmer:" + port_identity(ports, url.address()));
        counter_.emplace(kTickTurn, Rate{32768, 1});
        // The last order, so that no reply bears a checksum. Older firmware does not know it.
        layout_.has_crc = acknowledged({0x8B, 0x02}, 500ms);
    }

    void start() override {
        finder_.restart();
        order({0x07}, "the start");
        expect_frames();
    }
    void stop() noexcept override {
        line_.send({0x20});
        line_.drain(200ms, 1s);
    }

private:
    bool acknowledged(std::initializer_list<std::uint8_t> command, std::chrono::milliseconds timeout = 2000ms) {
        if (!line_.send(command)) return false;
        const auto reply = line_.read_exactly(1, timeout);
        return reply && (*reply)[0] == std::byte{0xFF};
    }

    void order(std::initializer_list<std::uint8_t> command, std::string_view what) {
        if (!acknowledged(command)) throw run_error(fmt::format("{}: the Shimmer did not take {}: switch it off and on, and undock it", name_, what));
    }

    /// The reply to a question, its opcode checked and left out.
    std::optional<std::vector<std::byte>> ask(std::initializer_list<std::uint8_t> command, std::uint8_t opcode, std::size_t n_bytes) {
        if (!acknowledged(command)) return std::nullopt;
        const auto head = line_.read_exactly(1, 1s);
        if (!head || (*head)[0] != static_cast<std::byte>(opcode)) return std::nullopt;
        return line_.read_exactly(n_bytes, 1s);
    }

    void greet() {
        line_.pause(500ms);
        line_.send({0x20});  // it may still be streaming
        line_.drain(200ms, 3s);
        const auto hardware = ask({0x3F}, 0x25, 1);
        if (!hardware) throw run_error(name_ + ": no Shimmer answers here: is it on, undocked and paired (PIN 1234, then `rfcomm bind`)?");
        if ((*hardware)[0] != static_cast<std::byte>(kShimmer3)) {
            throw run_error(fmt::format("{}: a Shimmer of hardware {} is not known, only Shimmer3 is: its packets differ", name_,
                                        static_cast<int>((*hardware)[0])));
        }
        acknowledged({0xA3, 0x00}, 500ms);  // no acknowledgement before messages nobody asked for, where it can
    }

    /// The vendor's setting for EMG, the rate of the converter raised to the sampling rate at least.
    void set_amplifier(std::uint16_t divider) {
        std::uint8_t code = 0;
        while (125.0 * (1u << code) < kTicksPerS / divider && code < 6) ++code;
        order({0x61, 0x00, 0x00, 0x0A, code, 0xA0, 0x10, 0x69, 0x60, 0x20, 0x00, 0x00, 0x02, 0x03}, "the setting of its amplifier");
        order({0x61, 0x01, 0x00, 0x0A, code, 0xA0, 0x10, 0xE1, 0xE1, 0x00, 0x00, 0x00, 0x02, 0x01}, "the setting of its second amplifier");
        const auto registers = ask({0x63, 0x00, 0x00, 0x0A}, 0x62, 11);
        if (!registers) throw run_error(name_ + ": it has no EMG amplifier: is it a Shimmer3 EXG?");
        gain_ = kGains[static_cast<std::size_t>((*registers)[4]) >> 4 & 7];
        if (gain_ == 0.0) throw run_error(name_ + ": its amplifier states no gain: switch it off and on");
    }

    void ask_layout() {
        auto head = ask({0x01}, 0x02, 8);
        std::vector<std::byte> reply{std::byte{0x02}};
        if (head) {
            reply.insert(reply.end(), head->begin(), head->end());
            if (const auto ids = line_.read_exactly(static_cast<std::size_t>(reply[7]), 1s)) reply.insert(reply.end(), ids->begin(), ids->end());
        }
        const auto found = shimmer::decode_inquiry(reply);
        if (!found) throw run_error(name_ + ": its packets cannot be read: reset it to its defaults with the vendor's program");
        layout_ = *found;
    }

    void describe(const std::string& id) {
        const Rate rate = rate_from_hz(kTicksPerS / layout_.divider);
        StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = rate, .type = SampleType::int32, .channels = {}, .device_id = id,
                       .settings = fmt::format("gain={:g}", gain_)};
        for (const char* label : {"EMG 1", "EMG 2"}) {
            emg.channels.push_back({.label = label, .unit = "uV", .scale = 1e6 * kReferenceV / gain_ / kFullCounts, .raw_min = -kFullCounts - 1.0,
                                    .raw_max = kFullCounts});
        }
        streams_.push_back(std::move(emg));
        if (!with_imu_) return;
        const auto blocks = ask({0x2C}, 0x2D, 4 * kCalibrationBytes);
        const auto calibration = [&](std::size_t block, double scale, const Calibration& usual) {
            if (!blocks) return usual;
            return shimmer::decode_calibration(std::span{*blocks}.subspan(block * kCalibrationBytes, kCalibrationBytes), scale).value_or(usual);
        };
        acceleration_ = calibration(0, 1.0, kUsualAcceleration);
        gyro_ = calibration(1, 100.0, kUsualGyro);
        add_motion(StreamKind::acceleration, rate, acceleration_, 1.0, id);
        add_motion(StreamKind::angular_rate, rate, gyro_, kRadiansPerDegree, id);
    }

    void add_motion(StreamKind kind, Rate rate, const Calibration& calibration, double unit, const std::string& id) {
        StreamInfo stream = motion_stream(kind, rate, SampleType::int32, 1.0, id);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const std::size_t raw = calibration.raw_axis[axis];
            stream.channels[axis].scale = calibration.sign[axis] * unit / calibration.sensitivity[raw];
            stream.channels[axis].offset = -calibration.offset[raw] * stream.channels[axis].scale;
        }
        streams_.push_back(std::move(stream));
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        bool any = false;
        finder_.feed(
            bytes, [this](std::span<const std::byte> front, bool in_step) { return shimmer::match_packet(front, in_step, layout_); },
            [&](std::span<const std::byte> frame) {
                if (!shimmer::is_packet(frame)) return;
                any = true;
                take(frame, sink);
            });
        return any;
    }

    void take(std::span<const std::byte> packet, FrameSink& sink) noexcept {
        const std::uint32_t ticks = shimmer::ticks_of(packet);
        counter_->arrived(ticks, 1, line_.clock().now_ns());
        const auto wide = counter_->widen(ticks);
        if (!wide) return;
        if (!first_ticks_) first_ticks_ = wide;
        if (*wide < *first_ticks_) return;
        const std::uint64_t index = (*wide - *first_ticks_ + layout_.divider / 2u) / layout_.divider;
        const auto value = [&](std::size_t id) { return shimmer::value_of(packet, layout_, static_cast<std::uint8_t>(id)).value_or(0); };
        const std::array<std::int32_t, 2> emg{value(shimmer::kExg1Channel1), value(shimmer::kExg1Channel2)};
        sink.push(0, index, raw_frames(std::span<const std::int32_t>{emg}, 2));
        if (!with_imu_) return;
        std::array<std::int32_t, 3> acceleration, gyro;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            acceleration[axis] = value(shimmer::kAccelerationX + acceleration_.raw_axis[axis]);
            gyro[axis] = value(shimmer::kGyroX + gyro_.raw_axis[axis]);
        }
        sink.push(1, index, raw_frames(std::span<const std::int32_t>{acceleration}, 3));
        sink.push(2, index, raw_frames(std::span<const std::int32_t>{gyro}, 3));
    }

    FrameFinder finder_;
    shimmer::Layout layout_;
    bool with_imu_ = true;
    double gain_ = 0.0;
    Calibration acceleration_, gyro_;
    std::optional<WideCounter> counter_;
    std::optional<std::uint64_t> first_ticks_;
};

std::unique_ptr<Device> open_shimmer(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": which port? write shimmer:/dev/rfcomm0");
    return std::make_unique<ShimmerDevice>(url, ports);
}

std::vector<Found> probe_shimmer(Ports& ports) {
    std::vector<Found> found;
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.path.find("rfcomm") != std::string::npos) found.push_back({"shimmer:" + port.path, "a Bluetooth port, perhaps one"});
    }
    return found;
}

}  // namespace

extern const Driver shimmer_driver;
const Driver shimmer_driver{
    .scheme = "shimmer",
    .summary = "Shimmer3 EXG with LogAndStream: 2 channels of EMG up to 1024 Hz, acceleration, angular rate; Bluetooth serial",
    .url_syntax = "shimmer:/dev/rfcomm0[?rate=512]",
    .options = kOptions,
    .loss_detection = "time stamps of 1/32768 s, modulo 512 s; checksum of 16 bits where the firmware has it",
    .clock = "the device's time stamps",
    .units = "counts of 2.42 V / gain / (2^23 - 1), 24.04 nV; motion by the calibration stored in the device",
    .probe = &probe_shimmer,
    .open = &open_shimmer,
    .emulator_options = shimmer::emulator_options(),
    .emulate = &shimmer::make_emulator,
};

}  // namespace tonus
