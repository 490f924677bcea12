// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/text/emulator.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace tonus::text {
namespace {

constexpr std::array kOptions{
    DriverOption{"rate", "Hz, 500", "lines per second"},
    DriverOption{"columns", "1 to 16, 4", "values a line"},
    DriverOption{"labels", "on off, off", "EMG1:512 in place of 512"},
    DriverOption{"counter", "on off, off", "a first column that counts the lines"},
    DriverOption{"separator", "comma tab space semicolon, comma", "between values"},
    DriverOption{"crlf", "on off, on", "line end of two characters"},
    DriverOption{"checksum", "on off, off", "*XX at the end"},
    DriverOption{"boot", "on off, on", "text of the loader when the port is opened"},
};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};

class TextEmulator final : public Emulator {
public:
    TextEmulator(const SourceUrl& url, const BodyMaker& body)
        : rate_hz_(url.number("rate", 500.0, 100.0, 5000.0)),
          n_columns_(static_cast<std::size_t>(url.number("columns", 4.0, 1.0, 16.0))),
          labels_(url.flag("labels", false)),
          counter_(url.flag("counter", false)),
          checksum_(url.flag("checksum", false)),
          boot_(url.flag("boot", true)),
          end_(url.flag("crlf", true) ? "\r\n" : "\n"),
          body_(body(rate_hz_, n_columns_)) {
        const std::string name = url.choice("separator", "comma", {"comma", "tab", "space", "semicolon"});
        separator_ = name == "comma" ? "," : name == "tab" ? "\t" : name == "space" ? " " : " ; ";
    }

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }

    // Opening the port resets the board: its loader talks, and then the program begins, with the
    // last line of before cut in half.
    void connected(std::size_t, bool is_open, EmulatorOutput& out) override {
        if (!is_open) return;
        index_ = 0;
        say("12,34\r\n", out);
        if (boot_) say("ets Jun  8 2016 00:22:57\r\nrst:0x1 (POWERON_RESET),boot:0x13\r\n\xff\xfe\r\n", out);
    }

    void hear(std::size_t, std::span<const std::byte>, EmulatorOutput&) override {}

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        for (; static_cast<double>(clock_) / rate_hz_ <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            send_line(out);
        }
    }

private:
    void say(const std::string& text, EmulatorOutput& out) { out.reply(0, std::as_bytes(std::span{text.data(), text.size()})); }

    void send_line(EmulatorOutput& out) {
        std::string line = counter_ ? fmt::format("{}{}", labels_ ? "n:" : "", index_) : "";
        std::vector<double> truth;
        for (std::size_t c = 0; c < n_columns_; ++c) {
            // A MyoWare's RAW output on 10 bits of 5 V: gain 200 about half of the supply.
            const double volts = body_.emg_uv(c) * 1e-6 * 200.0 + 2.5;
            const double steps = std::clamp(std::floor(volts / 5.0 * 1024.0), 0.0, 1023.0);
            if (!line.empty()) line += separator_;
            if (labels_) line += fmt::format("EMG{}:", c + 1);
            line += fmt::format("{}", static_cast<int>(steps));
            truth.push_back(steps);
        }
        if (checksum_) {
            unsigned sum = 0;
            for (const char c : line) sum ^= static_cast<unsigned char>(c);
            line += fmt::format("*{:02X}", sum);
        }
        line += end_;
        out.truth(0, index_, raw_frames(std::span<const double>{truth}, truth.size()));
        out.frame(0, std::as_bytes(std::span{line.data(), line.size()}));
        ++index_;
    }

    double rate_hz_;
    std::size_t n_columns_;
    bool labels_, counter_, checksum_, boot_;
    std::string end_, separator_;
    EmulatedBody body_;
    std::uint64_t clock_ = 0, index_ = 0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<TextEmulator>(url, body);
}

}  // namespace tonus::text
