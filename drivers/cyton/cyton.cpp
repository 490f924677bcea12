#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "drivers/cyton/decoder.hpp"
#include "drivers/cyton/emulator.hpp"
#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/wide_counter.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr std::array kOptions{
    DriverOption{"gain", "1 2 4 6 8 12 24, 24", "of every channel"},
    DriverOption{"reference", "bipolar srb2, bipolar", "each channel P against N, or N against the SRB2 pin"},
};

constexpr std::array<std::string_view, 7> kGains{"1", "2", "4", "6", "8", "12", "24"};  // by their code
constexpr unsigned kBaud = 115200;
constexpr Rate kPacketRate{250, 1}, kDaisyRate{125, 1}, kAccelerationRate{25, 1};
constexpr std::size_t kEmg = 0, kAcceleration = 1;  // streams
constexpr std::uint64_t kPacketsPerAcceleration = 10;
constexpr double kVoltReference = 4.5, kFullCounts = 8'388'607.0;
constexpr double kMetresPerS2PerCount = 0.002 / 16.0 * 9.80665;
constexpr std::string_view kReplyEnd = "$$$";
constexpr std::string_view kChannelNames = "12345678QWERTYUI";
constexpr int kShiftedPacketsMax = 10;

class CytonDevice final : public LineDevice {
public:
    CytonDevice(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(), ports.open_tty(url.address(), kBaud), ports.clock()), finder_(cyton::kPacketBytes + 1) {
        const std::string gain = url.choice("gain", "24", {"1", "2", "4", "6", "8", "12", "24"});
        const std::string reference = url.choice("reference", "bipolar", {"bipolar", "srb2"});
        has_daisy_ = reset();
        set_channels(gain, reference == "srb2");
        describe(std::stod(gain), fmt::format("gain={};reference={}", gain, reference), port_identity(ports, url.address()));
        frame_.resize(streams_[kEmg].channels.size());
        counter_.emplace(256, kPacketRate);
    }

    void start() override {
        line_.send("b");
        expect_frames();
    }

    void stop() noexcept override {
        line_.send("s");
        line_.pause(300ms);  // packets in the radio's queue still come
    }

private:
    std::string ask(std::string_view command, std::chrono::milliseconds timeout) {
        line_.send(command);
        const std::optional<std::string> reply = line_.read_until(kReplyEnd, timeout);
        return reply.value_or("");
    }

    /// Brings the board into a known state. True when it has a Daisy.
    bool reset() {
        line_.send("s");  // it may still be streaming: opening the port does not reset it
        line_.drain(200ms, 2s);
        const std::string reply = ask("v", 5s);
        if (reply.find("Failure: Communications timeout") != std::string::npos) {
            throw run_error(name_ + ": the dongle is there but the board does not answer: switch it to PC, charge it, or set both "
                                    "to one radio channel");
        }
        if (reply.find("OpenBCI") == std::string::npos) {
            throw run_error(name_ + ": no OpenBCI board answers here: is this its dongle, with the switch at GPIO 6, and is the "
                                    "board on? `tonus drivers` shows the ports there are");
        }
        // "On Daisy" since firmware 2; 1.x said how many channels it had.
        return reply.find("On Daisy") != std::string::npos || reply.find("V3 16 channel") != std::string::npos;
    }

    void set_channels(const std::string& gain, bool srb2) {
        ask("d", 2s);
        const auto code = std::find(kGains.begin(), kGains.end(), gain) - kGains.begin();
        for (std::size_t ch = 0; ch < (has_daisy_ ? 16u : 8u); ++ch) {
            const std::string command = fmt::format("x{}0{}01{}0X", kChannelNames[ch], code, srb2 ? 1 : 0);
            const std::string reply = ask(command, 2s);
            if (reply.find("Success") == std::string::npos) {
                throw run_error(fmt::format("{}: the board did not take the settings of channel {} ({}): it answered '{}'; switch it "
                                            "off and on, and if this stays, bring its firmware to 3.1",
                                            name_, ch + 1, command, reply));
            }
        }
    }

    void describe(double gain, const std::string& settings, const std::string& identity) {
        const std::string id = "cyton:" + identity;
        StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = has_daisy_ ? kDaisyRate : kPacketRate,
                       .type = SampleType::int32, .channels = {}, .device_id = id, .settings = settings};
        for (std::size_t ch = 0; ch < (has_daisy_ ? 16u : 8u); ++ch) {
            emg.channels.push_back({.label = fmt::format("EMG {}", ch + 1), .unit = "uV",
                                    .scale = 1e6 * kVoltReference / gain / kFullCounts, .raw_min = -kFullCounts - 1.0, .raw_max = kFullCounts});
        }
        StreamInfo acceleration{.name = "acceleration", .kind = StreamKind::acceleration, .rate = kAccelerationRate,
                                .type = SampleType::int32, .channels = {}, .device_id = id};
        for (const char* axis : {"ax", "ay", "az"}) {
            acceleration.channels.push_back({.label = axis, .unit = "m/s^2", .scale = kMetresPerS2PerCount});
        }
        streams_ = {std::move(emg), std::move(acceleration)};
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        packets_.clear();
        finder_.feed(bytes, cyton::match_packet, [&](std::span<const std::byte> packet) { packets_.push_back(cyton::decode_packet(packet)); });
        if (packets_.empty()) return false;
        counter_->arrived(packets_.back().number, packets_.size(), line_.clock().now_ns());
        for (const cyton::Packet& packet : packets_) take(packet, sink);
        return true;
    }

    void take(const cyton::Packet& packet, FrameSink& sink) noexcept {
        n_shifted_ = packet.number == cyton::kShiftedNumber ? n_shifted_ + 1 : 0;
        if (n_shifted_ >= kShiftedPacketsMax) {
            give_up("the packets are shifted by a byte: the firmware of the dongle is older than the board's; renew it");
            return;
        }
        const auto count = counter_->widen(packet.number);
        if (!count) return;
        if (has_daisy_) take_half(packet, *count, sink);
        else sink.push(kEmg, *count, raw_frames(std::span<const std::int32_t>{packet.counts}, cyton::kChannels));
        if (packet.has_acceleration()) take_acceleration(packet, *count, sink);
    }

    /// Even packets are channels 9-16, the odd ones after them 1-8.
    void take_half(const cyton::Packet& packet, std::uint64_t count, FrameSink& sink) noexcept {
        if (count % 2 == 0) {
            std::copy(packet.counts.begin(), packet.counts.end(), frame_.begin() + cyton::kChannels);
            even_ = count;
            return;
        }
        const bool is_pair = even_ && *even_ + 1 == count;
        even_.reset();
        // The first pair after a start is averaged with nothing before it.
        if (!is_pair || count == 1) return;
        std::copy(packet.counts.begin(), packet.counts.end(), frame_.begin());
        sink.push(kEmg, count / 2, raw_frames(std::span<const std::int32_t>{frame_}, frame_.size()));
    }

    /// The accelerometer counts nothing and has a clock of its own, about every tenth packet: how
    /// many of its samples were lost is told by the packets between.
    void take_acceleration(const cyton::Packet& packet, std::uint64_t count, FrameSink& sink) noexcept {
        if (acceleration_at_) {
            if (count <= *acceleration_at_) return;  // a repeat
            const std::uint64_t n_packets = count - *acceleration_at_;
            acceleration_index_ += std::max<std::uint64_t>(1, (n_packets + kPacketsPerAcceleration / 2) / kPacketsPerAcceleration);
        }
        acceleration_at_ = count;
        const std::array<std::int32_t, 3> counts = packet.acceleration();
        sink.push(kAcceleration, acceleration_index_, raw_frames(std::span<const std::int32_t>{counts}, 3));
    }

    FrameFinder finder_;
    std::vector<cyton::Packet> packets_;
    std::optional<WideCounter> counter_;
    bool has_daisy_ = false;
    std::optional<std::uint64_t> even_;  ///< the packet that waits for its other half
    std::vector<std::int32_t> frame_;
    std::optional<std::uint64_t> acceleration_at_;
    std::uint64_t acceleration_index_ = 0;
    int n_shifted_ = 0;
};

std::unique_ptr<Device> open_cyton(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": which port? write cyton:/dev/ttyUSB0, or cyton:usb= and its serial number");
    return std::make_unique<CytonDevice>(url, ports);
}

/// The dongle is an FTDI adapter like many others: a port it could be at.
std::vector<Found> probe_cyton(Ports& ports) {
    std::vector<Found> found;
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.product.find("FT231X") != std::string::npos) found.push_back({"cyton:" + port.path, port.product + ", perhaps the dongle"});
    }
    return found;
}

}  // namespace

extern const Driver cyton_driver;
const Driver cyton_driver{
    .scheme = "cyton",
    .summary = "OpenBCI Cyton: 8 channels of EMG at 250 Hz, with a Daisy 16 at 125 Hz, and acceleration; USB dongle",
    .url_syntax = "cyton:/dev/ttyUSB0[?gain=24] or cyton:usb=DM01ABCD",
    .options = kOptions,
    .loss_detection = "packet counter modulo 256, whole turns by the clock; no checksum",
    .clock = "the board's, 250 packets a second",
    .units = "counts of 4.5 V / gain / (2^23 - 1), 22.35 nV at gain 24; acceleration in steps of 0.125 mg",
    .probe = &probe_cyton,
    .open = &open_cyton,
    .emulator_options = cyton::emulator_options(),
    .emulate = &cyton::make_emulator,
};

}  // namespace tonus
