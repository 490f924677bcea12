// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/ximu3/emulator.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <numbers>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace tonus::ximu3 {
namespace {

constexpr std::array kOptions{
    DriverOption{"binary", "on off, on", "off: a firmware that does not leave the text form"},
};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};
constexpr double kBodyHz = 400.0;

class Ximu3Emulator final : public Emulator {
public:
    Ximu3Emulator(const SourceUrl& url, const BodyMaker& body)
        : can_binary_(url.flag("binary", true)), body_(body(kBodyHz, 4)) {}

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }

    void hear(std::size_t, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        heard_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        for (std::size_t end = heard_.find('\n'); end != std::string::npos; end = heard_.find('\n')) {
            obey(heard_.substr(0, end), out);
            heard_.erase(0, end + 1);
        }
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        for (; static_cast<double>(clock_) / kBodyHz <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            if (clock_ % divisor_ == 0) sample(out);
            if (clock_ % 400 == 200) send("T," + std::to_string(clock_ * 2500) + ",25.5000\r\n", out);
        }
    }

private:
    static void send(const std::string& text, EmulatorOutput& out, bool is_frame = false) {
        const auto bytes = std::as_bytes(std::span{text.data(), text.size()});
        is_frame ? out.frame(0, bytes) : out.reply(0, bytes);
    }

    void obey(const std::string& command, EmulatorOutput& out) {
        const std::size_t first = command.find('"'), second = command.find('"', first + 1);
        const std::size_t colon = command.find(':'), close = command.rfind('}');
        for (const std::size_t at : {first, second, colon, close}) {
            if (at == std::string::npos) return;
        }
        const std::string key = command.substr(first + 1, second - first - 1);
        const std::string value = command.substr(colon + 1, close - colon - 1);
        if (key == "ping") return send(R"({"ping":{"interface":"USB","device_name":"x-IMU3"}})" "\r\n", out);
        if (key == "serial_number") return send(R"({"serial_number":"0123-4567-89AB-CDEF"})" "\r\n", out);
        if (key == "binary_mode_enabled" && (can_binary_ || value == "false")) binary_ = value == "true";
        else if (key == "inertial_message_rate_divisor") divisor_ = static_cast<std::uint64_t>(std::clamp(std::atoi(value.c_str()), 1, 400));
        else return send("{\"" + key + "\":{\"error\":\"Unknown\"}}\r\n", out);
        send("{\"" + key + "\":" + value + "}\r\n", out);
    }

    void sample(EmulatorOutput& out) {
        std::array<float, 3> g{}, deg_s{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            g[axis] = static_cast<float>(body_.acceleration_m_s2()[axis] / 9.80665);
            deg_s[axis] = static_cast<float>(body_.angular_rate_rad_s()[axis] * 180.0 / std::numbers::pi);
        }
        const std::uint64_t time_us = clock_ * 2500;
        out.truth(0, clock_ / divisor_, raw_frames(std::span<const float>{g}, 3));
        out.truth(1, clock_ / divisor_, raw_frames(std::span<const float>{deg_s}, 3));
        if (!binary_) {
            send(fmt::format("I,{},{:.4f},{:.4f}\r\n", time_us, fmt::join(deg_s, ","), fmt::join(g, ",")), out, true);
            return;
        }
        std::string plain(1, static_cast<char>(0x80 + 'I'));
        for (int shift = 0; shift < 64; shift += 8) plain += static_cast<char>(time_us >> shift);
        for (const float value : {deg_s[0], deg_s[1], deg_s[2], g[0], g[1], g[2]}) {
            const auto bits = std::bit_cast<std::uint32_t>(value);
            for (int shift = 0; shift < 32; shift += 8) plain += static_cast<char>(bits >> shift);
        }
        std::string stuffed;
        for (const char c : plain) {
            if (c == '\x0a') stuffed += "\xdb\xdc";
            else if (c == '\xdb') stuffed += "\xdb\xdd";
            else stuffed += c;
        }
        send(stuffed + '\x0a', out, true);
    }

    bool can_binary_;
    EmulatedBody body_;
    std::string heard_;
    bool binary_ = false;
    std::uint64_t divisor_ = 8, clock_ = 0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<Ximu3Emulator>(url, body);
}

}  // namespace tonus::ximu3
