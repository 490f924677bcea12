// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/witmotion/emulator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace tonus::witmotion {
namespace {

constexpr std::array kOptions{
    DriverOption{"axes", "9 6, 9", "6: a model without time and quaternion"},
};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};
constexpr double kBodyHz = 200.0;

class WitmotionEmulator final : public Emulator {
public:
    WitmotionEmulator(const SourceUrl& url, const BodyMaker& body)
        : nine_axes_(url.choice("axes", "9", {"9", "6"}) == "9"), body_(body(kBodyHz, 4)) {}

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }

    void hear(std::size_t, std::span<const std::byte> bytes, EmulatorOutput&) override {
        for (const std::byte byte : bytes) {
            heard_.push_back(static_cast<unsigned>(byte));
            if (heard_[0] != 0xFF) heard_.clear();
            if (heard_.size() < 5) continue;
            const unsigned value = heard_[3] | heard_[4] << 8;
            if (heard_[2] == 0x69) unlocked_ = value == 0xB588;
            if (unlocked_ && heard_[2] == 0x02) content_ = value;
            if (unlocked_ && heard_[2] == 0x03) rate_hz_ = value == 0x07 ? 20 : value == 0x08 ? 50 : value == 0x09 ? 100 : value == 0x0B ? 200 : 10;
            heard_.clear();
        }
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        for (; static_cast<double>(clock_) / kBodyHz <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            heading_rad_ += body_.angular_rate_rad_s()[2] / kBodyHz;
            if (clock_ % (static_cast<std::uint64_t>(kBodyHz) / rate_hz_) == 0) sample(out);
        }
    }

private:
    static std::int32_t word(double value) { return static_cast<std::int32_t>(std::clamp(std::round(value), -32768.0, 32767.0)); }

    static void send(unsigned type, const std::array<unsigned, 8>& data, EmulatorOutput& out) {
        std::vector<std::byte> bytes{std::byte{0x55}, static_cast<std::byte>(type)};
        unsigned sum = 0x55 + type;
        for (const unsigned b : data) {
            bytes.push_back(static_cast<std::byte>(b));
            sum += b;
        }
        bytes.push_back(static_cast<std::byte>(sum));
        out.frame(0, bytes);
    }

    static void send_words(unsigned type, const std::array<std::int32_t, 4>& words, EmulatorOutput& out) {
        std::array<unsigned, 8> data{};
        for (std::size_t i = 0; i < 4; ++i) {
            data[2 * i] = static_cast<unsigned>(words[i]) & 0xFF;
            data[2 * i + 1] = static_cast<unsigned>(words[i]) >> 8 & 0xFF;
        }
        send(type, data, out);
    }

    void sample(EmulatorOutput& out) {
        const std::uint64_t ms = clock_ * 1000 / static_cast<std::uint64_t>(kBodyHz);
        const std::uint64_t index = ms * rate_hz_ / 1000;
        const unsigned content = nine_axes_ ? content_ : content_ & 0x0E;
        std::array<std::int32_t, 4> a{0, 0, 0, 2534}, w{0, 0, 0, 0};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            a[axis] = word(body_.acceleration_m_s2()[axis] / 9.80665 / 16.0 * 32768.0);
            w[axis] = word(body_.angular_rate_rad_s()[axis] * 180.0 / std::numbers::pi / 2000.0 * 32768.0);
        }
        const std::array<std::int32_t, 4> q{word(32768.0 * std::cos(heading_rad_ / 2)), 0, 0, word(32768.0 * std::sin(heading_rad_ / 2))};
        if ((content & 0x01) != 0) {
            const std::uint64_t s = ms / 1000;
            send(0x50, {26, 11, 21, static_cast<unsigned>(s / 3600 % 24), static_cast<unsigned>(s / 60 % 60), static_cast<unsigned>(s % 60),
                        static_cast<unsigned>(ms % 1000) & 0xFF, static_cast<unsigned>(ms % 1000) >> 8}, out);
        }
        out.truth(0, index, raw_frames(std::span<const std::int32_t>{a}.first(3), 3));
        out.truth(1, index, raw_frames(std::span<const std::int32_t>{w}.first(3), 3));
        out.truth(2, index, raw_frames(std::span<const std::int32_t>{q}, 4));
        if ((content & 0x02) != 0) send_words(0x51, a, out);
        if ((content & 0x04) != 0) send_words(0x52, w, out);
        if ((content & 0x08) != 0) send_words(0x53, {0, 0, word(heading_rad_ / std::numbers::pi * 32768.0), 0x1234}, out);
        if ((content & 0x0200) != 0) send_words(0x59, q, out);
    }

    bool nine_axes_;
    EmulatedBody body_;
    std::vector<unsigned> heard_;
    bool unlocked_ = false;
    unsigned content_ = 0x0E;
    std::uint64_t rate_hz_ = 10, clock_ = 0;
    double heading_rad_ = 0.0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<WitmotionEmulator>(url, body);
}

}  // namespace tonus::witmotion
