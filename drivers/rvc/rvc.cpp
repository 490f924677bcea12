#include <array>
#include <numbers>
#include <optional>
#include <vector>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/motion_stream.hpp"
#include "drivers/driver/wide_counter.hpp"
#include "drivers/rvc/decoder.hpp"
#include "drivers/rvc/emulator.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr std::array<DriverOption, 0> kOptions{};
constexpr unsigned kBaud = 115200;
constexpr Rate kRate{100, 1};
constexpr double kRadiansPerStep = 0.01 * std::numbers::pi / 180.0, kMetresPerS2PerStep = 0.00980665;
constexpr int kFramesToBelieve = 3;

class RvcDevice final : public LineDevice {
public:
    RvcDevice(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(), ports.open_tty(url.address(), kBaud), ports.clock()), finder_(rvc::kFrameBytes), counter_(256, kRate) {
        int n_frames = 0;
        const bool is_there = wait_for(1s, [&](std::span<const std::byte> bytes) {
            finder_.feed(bytes, rvc::match_frame, [&](std::span<const std::byte>) { ++n_frames; });
            return n_frames >= kFramesToBelieve;
        });
        if (!is_there) throw run_error(name_ + ": no BNO08x in RVC mode sends here: is it powered, with PS0 high and PS1 low, its TX on this port?");
        const std::string id = "rvc:" + port_identity(ports, url.address());
        streams_.push_back(motion_stream(StreamKind::acceleration, kRate, SampleType::int32, kMetresPerS2PerStep, id));
        StreamInfo angles{.name = "angles", .kind = StreamKind::other, .rate = kRate, .type = SampleType::int32, .channels = {}, .device_id = id};
        for (const char* label : {"yaw", "pitch", "roll"}) angles.channels.push_back({.label = label, .unit = "rad", .scale = kRadiansPerStep});
        streams_.push_back(std::move(angles));
    }

    void start() override {
        line_.drain(0ms, 0ms);
        finder_.restart();
        expect_frames();
    }
    void stop() noexcept override {}  // it knows no commands

private:
    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        frames_.clear();
        finder_.feed(bytes, rvc::match_frame, [&](std::span<const std::byte> frame) { frames_.push_back(rvc::decode_frame(frame)); });
        if (frames_.empty()) return false;
        counter_.arrived(frames_.back().number, frames_.size(), line_.clock().now_ns());
        for (const rvc::Frame& frame : frames_) {
            const auto index = counter_.widen(frame.number);
            if (!index) continue;
            sink.push(0, *index, raw_frames(std::span<const std::int32_t>{frame.acceleration}, 3));
            sink.push(1, *index, raw_frames(std::span<const std::int32_t>{frame.angles}, 3));
        }
        return true;
    }

    FrameFinder finder_;
    std::vector<rvc::Frame> frames_;
    WideCounter counter_;
};

std::unique_ptr<Device> open_rvc(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": which port? write rvc:/dev/ttyUSB0");
    return std::make_unique<RvcDevice>(url, ports);
}

/// Behind a USB adapter like any other.
std::vector<Found> probe_rvc(Ports&) { return {}; }

}  // namespace

extern const Driver rvc_driver;
const Driver rvc_driver{
    .scheme = "rvc",
    .summary = "BNO080, BNO085 and BNO086 in UART-RVC mode: acceleration and heading, pitch, roll at 100 Hz; serial",
    .url_syntax = "rvc:/dev/ttyUSB0",
    .options = kOptions,
    .loss_detection = "frame counter modulo 256; checksum of a byte",
    .clock = "the sensor's own, 100 frames a second",
    .units = "steps of 0.001 g and 0.01 degrees",
    .probe = &probe_rvc,
    .open = &open_rvc,
    .emulator_options = rvc::emulator_options(),
    .emulate = &rvc::make_emulator,
};

}  // namespace tonus
