#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "drivers/bitalino/decoder.hpp"
#include "drivers/bitalino/emulator.hpp"
#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/wide_counter.hpp"
#include "drivers/transport/device_address.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr std::array kOptions{
    DriverOption{"channels", "1 to 6, 1234", "inputs with an EMG sensor, as digits; the 5th and 6th of them have 6 bits only"},
    DriverOption{"rate", "1000 100, 1000", "Hz"},
    DriverOption{"gain", "number, 1009", "of the EMG sensor; 1000 for those of the first BITalino"},
};

constexpr unsigned kBaud = 115200;
constexpr std::uint16_t kTcpPort = 8001;  // of the Wi-Fi bridges
constexpr double kSupplyV = 3.3;
constexpr std::size_t kEmg = 0, kDigital = 1;  // streams
constexpr auto kBetweenCommands = 150ms;  // it reads one at a time, and not too soon after the last

class BitalinoDevice final : public LineDevice {
public:
    BitalinoDevice(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(), open_line(ports, url.address(), kBaud, kTcpPort), ports.clock()),
          finder_(bitalino::kFramesToTrust * bitalino::frame_bytes(bitalino::kChannelsMax)) {
        const std::string channels = parse_channels(url);
        const bool is_fast = url.choice("rate", "1000", {"1000", "100"}) == "1000";
        rate_command_ = is_fast ? 0xC3 : 0x83;
        find_version();
        describe(channels, Rate{is_fast ? 1000u : 100u, 1}, url.number("gain", 1009.0, 1.0, 1e6), port_identity(ports, url.address()));
        counter_.emplace(16, streams_[kEmg].rate);
    }

    void start() override {
        line_.pause(kBetweenCommands);
        line_.send({rate_command_});
        line_.pause(kBetweenCommands);
        line_.send({static_cast<std::uint8_t>(mask_ << 2 | 1)});
        expect_frames();
    }

    // FF, because a 0 that comes when it has stopped already would set the battery's threshold.
    void stop() noexcept override {
        line_.send({stop_command_});
        line_.pause(kBetweenCommands);
    }

private:
    std::string parse_channels(const SourceUrl& url) {
        const std::string channels = url.text_option("channels", "1234");
        for (const char c : channels) {
            const unsigned bit = c >= '1' && c <= '6' ? 1u << (c - '1') : 0u;
            if (bit <= mask_) throw url.bad("channels", "is not digits from 1 to 6 in rising order, such as 1234");
            mask_ |= bit;
        }
        if (channels.empty()) throw url.bad("channels", "names none; write such as 1234");
        return channels;
    }

    /// Ends what may still be running, and asks who is there.
    void find_version() {
        line_.send({0xFF});
        line_.pause(200ms);
        line_.send({0x07});
        std::optional<std::string> reply = line_.read_until("BITalino", 5s);
        if (reply) reply = line_.read_until("\n", 1s);
        if (!reply) {
            throw run_error(name_ + ": no BITalino answers here: is it on, charged and paired (PIN 1234, then `rfcomm bind`), and in use "
                                    "by no other program?");
        }
        const std::size_t digits = reply->find_first_of("0123456789");
        double version = 0.0;
        if (digits != std::string::npos) std::from_chars(reply->data() + digits, reply->data() + reply->size(), version);
        stop_command_ = version >= 4.2 ? 0xFF : 0x00;
    }

    void describe(const std::string& channels, Rate rate, double gain, const std::string& identity) {
        const std::string id = "bitalino:" + identity;
        StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = rate, .type = SampleType::int32, .channels = {}, .device_id = id,
                       .settings = fmt::format("gain={:g}", gain)};
        const double span_uv = 1e6 * kSupplyV / gain;
        for (std::size_t ch = 0; ch < channels.size(); ++ch) {
            const double n_steps = ch < bitalino::kWideChannels ? 1024.0 : 64.0;
            emg.channels.push_back({.label = fmt::format("A{}", channels[ch]), .unit = "uV", .scale = span_uv / n_steps,
                                    .offset = -0.5 * span_uv, .raw_min = 0.0, .raw_max = n_steps - 1.0});
        }
        StreamInfo digital{.name = "digital", .kind = StreamKind::other, .rate = rate, .type = SampleType::int32, .channels = {}, .device_id = id};
        for (const char* label : {"I1", "I2", "O1", "O2"}) digital.channels.push_back({.label = label, .unit = ""});
        streams_ = {std::move(emg), std::move(digital)};
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        const std::size_t n_channels = streams_[kEmg].channels.size();
        frames_.clear();
        finder_.feed(
            bytes, [=](std::span<const std::byte> front, bool in_step) { return bitalino::match_frame(front, in_step, n_channels); },
            [&](std::span<const std::byte> frame) { frames_.push_back(bitalino::decode_frame(frame, n_channels)); });
        if (frames_.empty()) return false;
        counter_->arrived(frames_.back().number, frames_.size(), line_.clock().now_ns());
        for (const bitalino::Frame& frame : frames_) {
            const auto index = counter_->widen(frame.number);
            if (!index) continue;
            sink.push(kEmg, *index, raw_frames(std::span<const std::int32_t>{frame.counts}.first(n_channels), n_channels));
            sink.push(kDigital, *index, raw_frames(std::span<const std::int32_t>{frame.digital}, frame.digital.size()));
        }
        return true;
    }

    FrameFinder finder_;
    std::vector<bitalino::Frame> frames_;
    std::optional<WideCounter> counter_;
    unsigned mask_ = 0;
    std::uint8_t rate_command_ = 0, stop_command_ = 0;
};

std::unique_ptr<Device> open_bitalino(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": where? write bitalino:/dev/rfcomm0, or bitalino:192.168.4.1:8001 for a Wi-Fi bridge");
    return std::make_unique<BitalinoDevice>(url, ports);
}

std::vector<Found> probe_bitalino(Ports& ports) {
    std::vector<Found> found;
    for (const SerialPort& port : ports.serial_ports()) {
        if (port.path.find("rfcomm") != std::string::npos) found.push_back({"bitalino:" + port.path, "a Bluetooth port, perhaps one"});
    }
    return found;
}

}  // namespace

extern const Driver bitalino_driver;
const Driver bitalino_driver{
    .scheme = "bitalino",
    .summary = "BITalino (r)evolution and its predecessor: up to 6 EMG sensors at 1000 Hz; Bluetooth, serial or Wi-Fi bridge",
    .url_syntax = "bitalino:/dev/rfcomm0[?channels=12] or bitalino:HOST:8001",
    .options = kOptions,
    .loss_detection = "frame counter modulo 16, whole turns by the clock; 4-bit checksum",
    .clock = "the device's own rate",
    .units = "10 bits (6 for the fifth and sixth input) over 3.3 V / gain: 3.19 uV a step",
    .probe = &probe_bitalino,
    .open = &open_bitalino,
    .emulator_options = bitalino::emulator_options(),
    .emulate = &bitalino::make_emulator,
};

}  // namespace tonus
