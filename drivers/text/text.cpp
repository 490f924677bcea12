#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "drivers/driver/driver.hpp"
#include "drivers/driver/line_device.hpp"
#include "drivers/driver/wide_counter.hpp"
#include "drivers/text/decoder.hpp"
#include "drivers/text/emulator.hpp"
#include "drivers/transport/device_address.hpp"

namespace tonus {
namespace {

using namespace std::chrono_literals;

constexpr std::array kOptions{
    DriverOption{"baud", "number, 115200", "of a serial port"},
    DriverOption{"rate", "Hz", "lines per second; without it they are counted for two seconds"},
    DriverOption{"columns", "emg other counter ms us skip", "what each column is, separated by commas; all emg without it"},
    DriverOption{"bits", "8 to 24, 10", "of the converter"},
    DriverOption{"vref", "V, 5", "full scale of the converter, and supply of the sensor"},
    DriverOption{"gain", "number, 200", "of the sensor, about half of its supply; 200 is MyoWare RAW"},
    DriverOption{"unit", "adc V mV uV, adc", "adc: steps of the converter; otherwise what the numbers are"},
    DriverOption{"modulus", "number, 4294967296", "at which a counter or a time column begins again"},
    DriverOption{"checksum", "on off, off", "lines end in *XX, as in NMEA"},
    DriverOption{"start", "text", "sent to start it, with a line end"},
    DriverOption{"stop", "text", "sent to stop it, with a line end"},
};

constexpr std::uint16_t kTcpPort = 23;
constexpr auto kLookFor = 5s;  // boards begin anew when the port is opened, and talk for a second or two
constexpr double kCountS = 2.0;
constexpr std::size_t kEqualLines = 3;
constexpr std::array<double, 15> kUsualHz{10, 20, 25, 50, 100, 125, 200, 250, 400, 500, 800, 1000, 1200, 1500, 2000};

enum class Column { emg, other, counter, milliseconds, microseconds, skip };

/// The unit and scale of EMG columns.
ChannelInfo emg_channel(const SourceUrl& url) {
    const std::string unit = url.choice("unit", "adc", {"adc", "V", "mV", "uV"});
    const double bits = url.number("bits", 10.0, 8.0, 24.0), vref = url.number("vref", 5.0, 0.1, 20.0);
    const double gain = url.number("gain", 200.0, 1e-3, 1e6);
    ChannelInfo channel{.label = "", .unit = "uV"};
    if (unit == "adc") {
        const double n_steps = std::exp2(bits);
        channel.scale = 1e6 * vref / n_steps / gain;
        channel.offset = -0.5e6 * vref / gain;
        channel.raw_min = 0.0;
        channel.raw_max = n_steps - 1.0;
    } else {
        channel.scale = unit == "V" ? 1e6 : unit == "mV" ? 1e3 : 1.0;
    }
    return channel;
}

class TextDevice final : public LineDevice {
public:
    TextDevice(const SourceUrl& url, Ports& ports)
        : LineDevice(url.text(),
                     open_line(ports, url.address(), static_cast<unsigned>(url.number("baud", 115200.0, 300.0, 4e6)), kTcpPort), ports.clock()),
          finder_(text::kLineBytesMax),
          checksum_(url.flag("checksum", false)),
          start_text_(url.text_option("start", "")),
          stop_text_(url.text_option("stop", "")) {
        say(start_text_);
        learn_columns();
        name_columns(url);
        const double rate_hz = url.has("rate") ? url.number("rate", 0.0, 1.0, 20000.0) : measured_rate();
        describe(url, rate_hz, port_identity(ports, url.address()));
    }

    void start() override {
        say(start_text_);
        line_.drain(0ms, 0ms);
        restart();
        expect_frames();
    }
    void stop() noexcept override { say(stop_text_); }

private:
    void say(const std::string& text) noexcept {
        if (!text.empty()) line_.send(text), line_.send("\n");
    }

    /// The first line is cut in half as a rule.
    void restart() noexcept {
        finder_.restart();
        cut_ = true;
    }

    template <class Use>
    void each_line(std::span<const std::byte> bytes, Use use) {
        finder_.feed(bytes, text::match_line, [&](std::span<const std::byte> line) {
            if (!std::exchange(cut_, false)) use(text::parse_line({reinterpret_cast<const char*>(line.data()), line.size()}, checksum_));
        });
    }

    /// Three lines in a row that look alike say what the others will.
    void learn_columns() {
        std::size_t n_alike = 0, n_lines = 0;
        const std::int64_t end_ns = line_.clock().now_ns() + std::chrono::nanoseconds{kLookFor}.count();
        while (n_alike < kEqualLines && line_.clock().now_ns() < end_ns && !line_.is_closed()) {
            each_line(line_.read(100ms), [&](const text::Line& line) {
                ++n_lines;
                if (line.kind == text::Line::Kind::names) header_ = line.names;
                if (line.kind != text::Line::Kind::values || n_alike >= kEqualLines) return;
                n_alike = line.values.size() == n_columns_ ? n_alike + 1 : 1;
                n_columns_ = line.values.size();
                if (!line.names.empty()) header_ = line.names;
            });
        }
        if (n_alike >= kEqualLines) return;
        throw run_error(n_lines == 0 ? name_ + ": no line of text has come: is the board on, its program running, and baud= what it was written for?"
                                     : name_ + ": what comes is no table of numbers, a line each: is this the right port, and baud= right?");
    }

    void name_columns(const SourceUrl& url) {
        const std::string all = url.text_option("columns", "");
        std::string_view rest = all;
        while (!rest.empty()) {
            const std::string_view name = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(rest.size(), name.size() + 1));
            constexpr std::array<std::string_view, 6> kNames{"emg", "other", "counter", "ms", "us", "skip"};
            const auto found = std::find(kNames.begin(), kNames.end(), name);
            if (found == kNames.end()) throw url.bad("columns", fmt::format("has '{}', which is none of {}", name, fmt::join(kNames, " ")));
            columns_.push_back(static_cast<Column>(found - kNames.begin()));
        }
        if (columns_.empty()) columns_.assign(n_columns_, Column::emg);
        if (columns_.size() != n_columns_) {
            throw url.bad("columns", fmt::format("names {}, but the device sends {} a line", columns_.size(), n_columns_));
        }
        const auto is_count = [](Column c) { return c == Column::counter || c == Column::milliseconds || c == Column::microseconds; };
        if (std::count_if(columns_.begin(), columns_.end(), is_count) > 1) throw url.bad("columns", "has more than one counter or time");
        const auto found = std::find_if(columns_.begin(), columns_.end(), is_count);
        if (found != columns_.end()) count_column_ = static_cast<std::size_t>(found - columns_.begin());
    }

    double measured_rate() {
        restart();
        std::int64_t first_ns = 0, last_ns = 0;
        std::uint64_t n_lines = 0;
        const std::int64_t end_ns = line_.clock().now_ns() + static_cast<std::int64_t>(kCountS * 1e9);
        while (line_.clock().now_ns() < end_ns && !line_.is_closed()) {
            const std::uint64_t n_before = n_lines;
            each_line(line_.read(20ms), [&](const text::Line& line) { n_lines += line.kind == text::Line::Kind::values; });
            if (n_lines == n_before) continue;
            last_ns = line_.clock().now_ns();
            if (n_before == 0) first_ns = last_ns, n_lines = 1;
        }
        const double hz = n_lines > 1 ? static_cast<double>(n_lines - 1) / (static_cast<double>(last_ns - first_ns) * 1e-9) : 0.0;
        for (const double usual : kUsualHz) {
            if (std::abs(hz - usual) < 0.03 * usual) return usual;
        }
        throw usage_error(fmt::format("{}: about {:.1f} lines a second come, which is no usual rate: say rate=, as the board was told", name_, hz));
    }

    void describe(const SourceUrl& url, double rate_hz, const std::string& identity) {
        StreamInfo emg{.name = "emg", .kind = StreamKind::emg, .rate = rate_from_hz(rate_hz), .type = SampleType::float64, .channels = {},
                       .device_id = "text:" + identity};
        StreamInfo other = emg;
        other.name = "other";
        other.kind = StreamKind::other;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            ChannelInfo channel = columns_[c] == Column::emg ? emg_channel(url) : ChannelInfo{.label = "", .unit = ""};
            channel.label = header_.size() == columns_.size() ? header_[c] : fmt::format("column {}", c + 1);
            if (columns_[c] == Column::emg) emg.channels.push_back(channel);
            if (columns_[c] == Column::other) other.channels.push_back(channel);
        }
        emg.settings = fmt::format("scale={:.6g};offset={:.6g}", emg.channels.empty() ? 1.0 : emg.channels[0].scale,
                                   emg.channels.empty() ? 0.0 : emg.channels[0].offset);
        emg_values_.resize(emg.channels.size());
        other_values_.resize(other.channels.size());
        if (!emg.channels.empty()) streams_.push_back(std::move(emg));
        if (!other.channels.empty()) streams_.push_back(std::move(other));
        if (streams_.empty()) throw url.bad("columns", "leaves nothing to measure: name one emg or other");
        if (count_column_) {
            const double steps_per_s = columns_[*count_column_] == Column::counter        ? rate_hz
                                       : columns_[*count_column_] == Column::milliseconds ? 1e3
                                                                                          : 1e6;
            steps_per_frame_ = steps_per_s / rate_hz;
            const auto modulus = static_cast<std::uint64_t>(url.number("modulus", 0x1p32, 2.0, 0x1p53));
            counter_.emplace(modulus, rate_from_hz(std::min(steps_per_s, 1e6)));
        }
    }

    bool decode(std::span<const std::byte> bytes, FrameSink& sink) noexcept override {
        bool any = false;
        each_line(bytes, [&](const text::Line& line) {
            if (line.kind != text::Line::Kind::values || line.values.size() != columns_.size()) return;
            any = true;
            take(line.values, sink);
        });
        return any;
    }

    void take(const std::vector<double>& values, FrameSink& sink) noexcept {
        std::size_t n_emg = 0, n_other = 0, stream = 0;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            if (columns_[c] == Column::emg) emg_values_[n_emg++] = values[c];
            if (columns_[c] == Column::other) other_values_[n_other++] = values[c];
        }
        const std::uint64_t index = count_column_ ? counted(values[*count_column_]) : next_++;
        if (n_emg > 0) sink.push(stream++, index, raw_frames(std::span<const double>{emg_values_}, n_emg));
        if (n_other > 0) sink.push(stream, index, raw_frames(std::span<const double>{other_values_}, n_other));
    }

    /// Lines a second are few enough to take each as a read of its own.
    std::uint64_t counted(double count) noexcept {
        if (!(count >= 0.0 && count < 0x1p53)) return next_++;
        const auto raw = static_cast<std::uint64_t>(count);
        counter_->arrived(raw, 1, line_.clock().now_ns());
        const auto wide = counter_->widen(raw);
        if (!wide) return next_++;
        const double steps = static_cast<double>(*wide);
        next_ = static_cast<std::uint64_t>(std::llround(steps / steps_per_frame_)) + 1;
        return next_ - 1;
    }

    FrameFinder finder_;
    bool checksum_;
    std::string start_text_, stop_text_;
    bool cut_ = true;
    std::size_t n_columns_ = 0;
    std::vector<std::string> header_;
    std::vector<Column> columns_;
    std::optional<std::size_t> count_column_;
    std::optional<WideCounter> counter_;
    double steps_per_frame_ = 1.0;
    std::vector<double> emg_values_, other_values_;
    std::uint64_t next_ = 0;
};

std::unique_ptr<Device> open_text(const SourceUrl& url, Ports& ports) {
    if (url.address().empty()) throw usage_error(url.text() + ": where? write text:/dev/ttyACM0, or text:HOST:PORT");
    return std::make_unique<TextDevice>(url, ports);
}

std::vector<Found> probe_text(Ports& ports) {
    std::vector<Found> found;
    for (const SerialPort& port : ports.serial_ports()) {
        if (!port.usb_serial.empty() || !port.product.empty()) found.push_back({"text:" + port.path, port.product + ", if it sends lines of numbers"});
    }
    return found;
}

}  // namespace

extern const Driver text_driver;
const Driver text_driver{
    .scheme = "text",
    .summary = "Lines of numbers, as Arduino, ESP32 and MyoWare boards send them; serial or TCP",
    .url_syntax = "text:/dev/ttyACM0[?baud=115200&columns=emg,emg] or text:HOST:PORT",
    .options = kOptions,
    .loss_detection = "a counter or time column where columns= names one, otherwise none; *XX with checksum=on",
    .clock = "rate=, or as counted in two seconds",
    .units = "steps of vref / 2^bits / gain, 24.4 uV by default, or V, mV, uV as printed",
    .probe = &probe_text,
    .open = &open_text,
    .emulator_options = text::emulator_options(),
    .emulate = &text::make_emulator,
};

}  // namespace tonus
