// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/ngimu/emulator.hpp"

#include <array>
#include <bit>
#include <numbers>
#include <string>
#include <vector>

namespace tonus::ngimu {
namespace {

constexpr std::array kOptions{
    DriverOption{"line", "udp serial, udp", "by Wi-Fi or by its USB line"},
    DriverOption{"rate", "Hz, 50", "a whole number by which 400 can be divided"},
};
constexpr std::array kUdp{EmulatorLine{LineKind::udp, 8010}};
constexpr std::array kSerial{EmulatorLine{LineKind::serial, 0}};
constexpr std::uint64_t kBodyHz = 400;
constexpr std::uint64_t kSwitchedOn_s = 3'900'000'000;  // since 1900

void put(std::string& to, std::uint64_t value, int n_bytes) {
    while (n_bytes-- > 0) to += static_cast<char>(value >> (8 * n_bytes) & 0xFF);
}

/// An address or a list of types: ended by a zero, and filled up with zeros to whole words.
void put_text(std::string& to, const std::string& text) {
    to += text;
    do to += '\0';
    while (to.size() % 4 != 0);
}

std::string message(const std::string& address, const std::vector<float>& values) {
    std::string all;
    put_text(all, address);
    put_text(all, "," + std::string(values.size(), 'f'));
    for (const float value : values) put(all, std::bit_cast<std::uint32_t>(value), 4);
    return all;
}

class NgimuEmulator final : public Emulator {
public:
    NgimuEmulator(const SourceUrl& url, const BodyMaker& body)
        : is_udp_(url.choice("line", "udp", {"udp", "serial"}) == "udp"),
          divisor_(kBodyHz / static_cast<std::uint64_t>(url.number("rate", 50.0, 1.0, 400.0))),
          body_(body(static_cast<double>(kBodyHz), 4)) {}

    std::span<const EmulatorLine> lines() const noexcept override { return is_udp_ ? kUdp : kSerial; }
    void hear(std::size_t, std::span<const std::byte>, EmulatorOutput&) override {}

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        for (; static_cast<double>(clock_) / static_cast<double>(kBodyHz) <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            if (clock_ % divisor_ == 0) sample(out);
            if (clock_ % kBodyHz == 0) send({message("/temperature", {25.5f})}, out, false);
        }
    }

private:
    void sample(EmulatorOutput& out) {
        std::array<float, 3> g{}, deg_s{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            g[axis] = static_cast<float>(body_.acceleration_m_s2()[axis] / 9.80665);
            deg_s[axis] = static_cast<float>(body_.angular_rate_rad_s()[axis] * 180.0 / std::numbers::pi);
        }
        const std::uint64_t number = kSwitchedOn_s * (kBodyHz / divisor_) + clock_ / divisor_;
        out.truth(0, number, raw_frames(std::span<const float>{g}, 3));
        out.truth(1, number, raw_frames(std::span<const float>{deg_s}, 3));
        send({message("/sensors", {deg_s[0], deg_s[1], deg_s[2], g[0], g[1], g[2], 20.0f, -5.0f, 40.0f, 1013.25f}),
              message("/quaternion", {1.0f, 0.0f, 0.0f, 0.0f})},
             out, true);
    }

    void send(const std::vector<std::string>& messages, EmulatorOutput& out, bool is_frame) const {
        std::string bundle;
        put_text(bundle, "#bundle");
        put(bundle, kSwitchedOn_s + clock_ / kBodyHz, 4);
        put(bundle, ((clock_ % kBodyHz) << 32) / kBodyHz, 4);
        for (const std::string& one : messages) {
            put(bundle, one.size(), 4);
            bundle += one;
        }
        const std::string sent = is_udp_ ? bundle : slip(bundle);
        const auto bytes = std::as_bytes(std::span{sent.data(), sent.size()});
        is_frame ? out.frame(0, bytes) : out.reply(0, bytes);
    }

    static std::string slip(const std::string& packet) {
        std::string all = "\xC0";
        for (const char c : packet) {
            if (c == '\xC0') all += "\xDB\xDC";
            else if (c == '\xDB') all += "\xDB\xDD";
            else all += c;
        }
        return all + '\xC0';
    }

    bool is_udp_;
    std::uint64_t divisor_;
    EmulatedBody body_;
    std::uint64_t clock_ = 0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<NgimuEmulator>(url, body);
}

}  // namespace tonus::ngimu
