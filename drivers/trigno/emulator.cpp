// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/trigno/emulator.hpp"

#include <array>
#include <bit>
#include <numbers>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace tonus::trigno {
namespace {

constexpr std::array kOptions{
    DriverOption{"sensors", "1 to 16, 4", "how many are paired and on"},
    DriverOption{"samples", "26 27, 26", "of EMG in a frame of 13.5 ms; programs differ"},
    DriverOption{"type", "O D, O", "D: sensors of the first generation, on the old ports"},
    DriverOption{"duo", "on off, off", "the first sensor has two EMG channels and takes two slots"},
    DriverOption{"port", "number, 50040", "of the commands; the data ports are counted from it"},
    DriverOption{"refuse", "on off, off", "START is answered with CANNOT COMPLETE"},
};
constexpr double kFrameS = 0.0135;
constexpr std::int64_t kStartDelayNs = 2'000'000'000;

class TrignoEmulator final : public Emulator {
public:
    TrignoEmulator(const SourceUrl& url, const BodyMaker& body)
        : n_sensors_(static_cast<int>(url.number("sensors", 4.0, 1.0, 16.0))),
          n_samples_(url.choice("samples", "26", {"26", "27"}) == "26" ? 26 : 27),
          old_(url.choice("type", "O", {"O", "D"}) == "D"),
          duo_(url.flag("duo", false)),
          refuse_(url.flag("refuse", false)),
          body_(body(static_cast<double>(n_samples_) / kFrameS, 16)) {
        const auto base = static_cast<std::uint16_t>(url.number("port", 50040.0, 1.0, 65531.0));
        for (std::uint16_t i = 0; i < 5; ++i) lines_[i] = {LineKind::tcp_listens, static_cast<std::uint16_t>(base + i)};
        if (duo_ && n_sensors_ == 16) throw url.bad("sensors", "is one too many with duo=on: there are 16 slots");
    }

    std::span<const EmulatorLine> lines() const noexcept override { return lines_; }

    void connected(std::size_t line, bool is_open, EmulatorOutput& out) override {
        open_[line] = is_open;
        if (line != 0) return;
        heard_.clear();
        running_ = false;
        if (is_open) say("Delsys Trigno System Digital Protocol Version 3.6.0", out);
    }

    void hear(std::size_t line, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        if (line != 0) return;
        heard_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        for (std::size_t end = heard_.find("\r\n\r\n"); end != std::string::npos; end = heard_.find("\r\n\r\n")) {
            const std::string command = heard_.substr(0, end);
            heard_.erase(0, end + 4);
            say(answer(command), out);
            if (command == "QUIT") out.hang_up(0);
        }
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        now_ns_ = now_ns;
        const double now_s = static_cast<double>(now_ns) * 1e-9;
        for (; static_cast<double>(frame_ + 1) * kFrameS <= now_s; ++frame_) {
            if (running_ && now_ns >= data_from_ns_) send_frame(out);
            else body_.seek((frame_ + 1) * n_samples_ - 1);
        }
    }

private:
    void say(const std::string& text, EmulatorOutput& out) {
        const std::string framed = text + "\r\n\r\n";
        out.reply(0, std::as_bytes(std::span{framed.data(), framed.size()}));
    }

    std::size_t n_emg(int sensor) const { return duo_ && sensor == 1 ? 2 : 1; }
    std::size_t slot(int sensor) const { return static_cast<std::size_t>(sensor - 1) + (duo_ && sensor > 1 ? 1 : 0); }

    std::string answer(const std::string& command) {
        if (command == "START") {
            const bool connected = old_ ? open_[1] && open_[2] : open_[3] && open_[4];
            if (refuse_ || !connected) return "CANNOT COMPLETE";
            running_ = true;
            data_from_ns_ = now_ns_ + kStartDelayNs;
            emg_index_ = auxiliary_index_ = 0;
            return "OK";
        }
        if (command == "STOP") {
            running_ = false;
            return "OK";
        }
        if (command == "QUIT") return "BYE";
        for (const char* known : {"TRIGGER START OFF", "TRIGGER STOP OFF", "ENDIAN LITTLE", "BACKWARDS COMPATIBILITY ON", "UPSAMPLE ON"}) {
            if (command == known) return "OK";
        }
        if (command == "FRAME INTERVAL?") return "0.0135";
        if (command == "MAX SAMPLES EMG?") return fmt::format("{}", n_samples_);
        if (command == "MAX SAMPLES AUX?") return "2";
        if (command.starts_with("SENSOR ")) return sensor_answer(command);
        return "INVALID COMMAND";
    }

    std::string sensor_answer(const std::string& command) const {
        const std::size_t space = command.find(' ', 7);
        if (space == std::string::npos) return "INVALID COMMAND";
        const int sensor = std::stoi("0" + command.substr(7, space - 7));
        const std::string what = command.substr(space + 1);
        const bool here = sensor >= 1 && sensor <= n_sensors_;
        if (what == "PAIRED?" || what == "ACTIVE?") return here ? "YES" : "NO";
        if (!here) return "INVALID COMMAND";
        if (what == "TYPE?") return old_ ? "D" : "O";
        if (what == "STARTINDEX?") return fmt::format("{}", slot(sensor) + 1);
        if (what == "EMGCHANNELCOUNT?") return fmt::format("{}", n_emg(sensor));
        if (what == "AUXCHANNELCOUNT?") return old_ ? "3" : "9";
        if (what.starts_with("CHANNEL ") && what.ends_with(" UNITS?")) {
            const auto channel = static_cast<std::size_t>(std::stoi("0" + what.substr(8, what.find(' ', 8) - 8)));
            if (channel < 1 || channel > n_emg(sensor) + 9) return "INVALID COMMAND";
            if (channel <= n_emg(sensor)) return "V";
            constexpr std::array<const char*, 3> kUnits{"g", "?/s", "uT"};
            return kUnits[(channel - n_emg(sensor) - 1) / 3];
        }
        return "INVALID COMMAND";
    }

    static void put(std::vector<std::byte>& to, float value) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        for (int shift = 0; shift < 32; shift += 8) to.push_back(static_cast<std::byte>(bits >> shift));
    }

    /// What one frame of 13.5 ms holds: its EMG steps, then two auxiliary ones.
    void send_frame(EmulatorOutput& out) {
        for (std::uint64_t i = 0; i < n_samples_; ++i) {
            body_.seek(frame_ * n_samples_ + i);
            std::array<float, 16> step{};
            std::vector<float> truth;
            for (int sensor = 1; sensor <= n_sensors_; ++sensor) {
                for (std::size_t k = 0; k < n_emg(sensor); ++k) {
                    const std::size_t at = slot(sensor) + k;
                    step[at] = static_cast<float>(body_.emg_uv(at) * 1e-6);
                    truth.push_back(step[at]);
                }
            }
            std::vector<std::byte> bytes;
            for (const float value : step) put(bytes, value);
            out.truth(0, emg_index_++, raw_frames(std::span<const float>{truth}, truth.size()));
            out.frame(old_ ? 1 : 3, bytes);
        }
        for (int i = 0; i < 2; ++i) send_auxiliary(out);
    }

    void send_auxiliary(EmulatorOutput& out) {
        const std::size_t per_slot = old_ ? 3 : 9;
        std::vector<float> step(16 * per_slot, 0.0f);
        std::array<float, 3> g{}, deg_s{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            g[axis] = static_cast<float>(body_.acceleration_m_s2()[axis] / 9.80665);
            deg_s[axis] = static_cast<float>(body_.angular_rate_rad_s()[axis] * 180.0 / std::numbers::pi);
        }
        std::size_t stream = 1;
        for (int sensor = 1; sensor <= n_sensors_; ++sensor) {
            for (std::size_t axis = 0; axis < 3; ++axis) {
                step[slot(sensor) * per_slot + axis] = g[axis];
                if (!old_) step[slot(sensor) * per_slot + 3 + axis] = deg_s[axis];
            }
            out.truth(stream++, auxiliary_index_, raw_frames(std::span<const float>{g}, 3));
            if (!old_) out.truth(stream++, auxiliary_index_, raw_frames(std::span<const float>{deg_s}, 3));
        }
        ++auxiliary_index_;
        std::vector<std::byte> bytes;
        for (const float value : step) put(bytes, value);
        out.frame(old_ ? 2 : 4, bytes);
    }

    int n_sensors_;
    std::uint64_t n_samples_;
    bool old_, duo_, refuse_;
    EmulatedBody body_;
    std::array<EmulatorLine, 5> lines_{};
    std::array<bool, 5> open_{};
    std::string heard_;
    bool running_ = false;
    std::int64_t now_ns_ = 0, data_from_ns_ = 0;
    std::uint64_t frame_ = 0, emg_index_ = 0, auxiliary_index_ = 0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<TrignoEmulator>(url, body);
}

}  // namespace tonus::trigno
