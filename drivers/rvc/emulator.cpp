// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/rvc/emulator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace tonus::rvc {
namespace {

constexpr std::array<DriverOption, 0> kOptions{};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};
constexpr double kFramesPerS = 100.0;

class RvcEmulator final : public Emulator {
public:
    explicit RvcEmulator(const BodyMaker& body) : body_(body(kFramesPerS, 4)) {}

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }
    void hear(std::size_t, std::span<const std::byte>, EmulatorOutput&) override {}

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        for (; static_cast<double>(number_) / kFramesPerS <= static_cast<double>(now_ns) * 1e-9; ++number_) {
            body_.seek(number_);
            send(out);
        }
    }

private:
    static std::int32_t word(double value) { return static_cast<std::int32_t>(std::clamp(std::round(value), -32768.0, 32767.0)); }

    void send(EmulatorOutput& out) {
        const auto a = body_.acceleration_m_s2(), w = body_.angular_rate_rad_s();
        std::array<std::int32_t, 3> angles{}, thousandths{};
        for (std::size_t i = 0; i < 3; ++i) {
            // Yaw turns about z, pitch about y, roll about x; yaw counts from where it began.
            angle_deg_[i] = std::remainder(angle_deg_[i] + w[2 - i] / kFramesPerS * 180.0 / std::numbers::pi, 360.0);
            angles[i] = word(100.0 * angle_deg_[i]);
            thousandths[i] = word(a[i] / 9.80665 * 1000.0);
        }
        std::vector<std::byte> bytes{std::byte{0xAA}, std::byte{0xAA}, static_cast<std::byte>(number_ % 256)};
        for (const auto& words : {angles, thousandths}) {
            for (const std::int32_t value : words) {
                bytes.push_back(static_cast<std::byte>(value));
                bytes.push_back(static_cast<std::byte>(value >> 8));
            }
        }
        bytes.resize(18);  // motion intent, motion request, reserved
        unsigned sum = 0;
        for (std::size_t i = 2; i < 18; ++i) sum += static_cast<unsigned>(bytes[i]);
        bytes.push_back(static_cast<std::byte>(sum));
        out.truth(0, number_, raw_frames(std::span<const std::int32_t>{thousandths}, 3));
        out.truth(1, number_, raw_frames(std::span<const std::int32_t>{angles}, 3));
        out.frame(0, bytes);
    }

    EmulatedBody body_;
    std::uint64_t number_ = 0;
    std::array<double, 3> angle_deg_{};
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl&, const BodyMaker& body) { return std::make_unique<RvcEmulator>(body); }

}  // namespace tonus::rvc
