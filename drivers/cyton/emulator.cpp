// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/cyton/emulator.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace tonus::cyton {
namespace {

constexpr std::array kOptions{
    DriverOption{"daisy", "on off, off", "16 channels in packets that take turns"},
    DriverOption{"firmware", "3 1, 3", "1.x names itself otherwise"},
    DriverOption{"board", "on off, on", "off: the dongle says that no board answers"},
    DriverOption{"dongle", "new old, new", "old: packets shifted by a byte, as a new board sends them through it"},
};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};
constexpr double kPacketsPerS = 250.0;
constexpr std::array kGains{1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 24.0};
constexpr std::size_t kPacketBytes = 33;

class CytonEmulator final : public Emulator {
public:
    CytonEmulator(const SourceUrl& url, const BodyMaker& body)
        : daisy_(url.flag("daisy", false)),
          old_firmware_(url.choice("firmware", "3", {"3", "1"}) == "1"),
          board_on_(url.flag("board", true)),
          old_dongle_(url.choice("dongle", "new", {"new", "old"}) == "old"),
          body_(body(kPacketsPerS, 16)) {
        gains_.fill(24.0);
    }

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }

    // Opening or closing the port does not reset the board: it goes on as it was.

    void hear(std::size_t, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        for (const std::byte byte : bytes) hear_one(static_cast<char>(byte), out);
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        // Packets are sampled at k / 250 s of the device's time, whether they are sent or not.
        for (; static_cast<double>(clock_) / kPacketsPerS <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            if (streaming_) send_packet(out);
        }
    }

private:
    void answer(const std::string& text, EmulatorOutput& out) {
        if (!streaming_) out.reply(0, std::as_bytes(std::span{text.data(), text.size()}));
    }

    void hear_one(char c, EmulatorOutput& out) {
        if (!board_on_) {
            if (c == 'v') answer("Failure: Communications timeout - Device failed to poll Host$$$", out);
            return;
        }
        if (!pending_.empty() || c == 'x') return hear_channel_setting(c, out);
        switch (c) {
            case 's': streaming_ = false; break;
            case 'b':
                streaming_ = true;
                number_ = 0;
                acceleration_index_ = 0;
                break;
            case 'v':
                streaming_ = false;
                gains_.fill(24.0);
                answer(greeting(), out);
                break;
            case 'V': answer("v3.1.5$$$", out); break;
            case 'd':
                gains_.fill(24.0);
                answer("updating channel settings to default$$$", out);
                break;
            case 'D': answer("060110$$$", out); break;
            default: break;
        }
    }

    std::string greeting() const {
        if (old_firmware_) {
            return fmt::format("OpenBCI V3 {} channel\nADS1299 Device ID: 0x3E\n{}LIS3DH Device ID: 0x33\n$$$", daisy_ ? "16" : "8",
                               daisy_ ? "Daisy ADS1299 Device ID: 0x3E\n" : "");
        }
        return fmt::format("OpenBCI V3 8-16 channel\r\nOn Board ADS1299 Device ID: 0x3E\r\n{}LIS3DH Device ID: 0x33\r\nFirmware: v3.1.2\r\n$$$",
                           daisy_ ? "On Daisy ADS1299 Device ID: 0x3E\r\n" : "");
    }

    /// x CHANNEL POWER GAIN INPUT BIAS SRB2 SRB1 X
    void hear_channel_setting(char c, EmulatorOutput& out) {
        pending_ += c;
        if (pending_.size() < 9) {
            if (c == 'X' && pending_.size() > 1) {
                answer("Failure: too few chars$$$", out);
                pending_.clear();
            }
            return;
        }
        constexpr std::string_view kNames = "12345678QWERTYUI";
        const std::size_t channel = kNames.find(pending_[1]);
        const std::size_t gain = static_cast<std::size_t>(pending_[3] - '0');
        if (c != 'X') {
            answer("Failure: Err: 9th char not X$$$", out);
        } else if (channel < gains_.size() && gain < kGains.size()) {
            gains_[channel] = kGains[gain];
            answer(fmt::format("Success: Channel set for {}$$$", channel + 1), out);
        }
        pending_.clear();
    }

    std::int32_t count(std::size_t channel) const {
        const double volts = body_.emg_uv(channel) * 1e-6;
        const double steps = std::round(volts * gains_[channel] / 4.5 * 8388607.0);
        return static_cast<std::int32_t>(std::clamp(steps, -8388608.0, 8388607.0));
    }

    void send_packet(EmulatorOutput& out) {
        const bool is_upper_half = daisy_ && number_ % 2 == 0;
        std::array<std::int32_t, 8> counts{};
        for (std::size_t ch = 0; ch < 8; ++ch) {
            const std::size_t channel = ch + (is_upper_half ? 8 : 0);
            const std::int32_t now = count(channel);
            // A Daisy's packets hold the mean, toward zero, of the chip's last two samples.
            counts[ch] = daisy_ ? (now + previous_[channel]) / 2 : now;
        }
        for (std::size_t channel = 0; channel < 16; ++channel) previous_[channel] = count(channel);
        const bool has_acceleration = number_ % 10 == 5;
        std::array<std::int32_t, 3> acceleration{};
        if (has_acceleration) acceleration = sample_acceleration();

        std::vector<std::byte> packet;
        const auto put = [&packet](std::int32_t value, int n_bytes) {
            while (n_bytes-- > 0) packet.push_back(static_cast<std::byte>(value >> (8 * n_bytes)));
        };
        put(0xA0, 1);
        if (old_dongle_) put(0x41, 1);
        put(static_cast<std::int32_t>(number_ % 256), 1);
        for (const std::int32_t value : counts) put(value, 3);
        for (const std::int32_t value : acceleration) put(value, 2);
        packet.resize(kPacketBytes - 1);
        put(0xC0, 1);
        tell_truth(counts, is_upper_half, has_acceleration, acceleration, out);
        out.frame(0, packet);
        ++number_;
    }

    /// In steps of 16, 8000 to 1 g.
    std::array<std::int32_t, 3> sample_acceleration() const {
        std::array<std::int32_t, 3> counts{};
        const std::array<double, 3> a = body_.acceleration_m_s2();
        for (std::size_t axis = 0; axis < 3; ++axis) counts[axis] = 16 * static_cast<std::int32_t>(std::lround(a[axis] / 9.80665 * 500.0));
        return counts;
    }

    void tell_truth(std::span<const std::int32_t> counts, bool is_upper_half, bool has_acceleration,
                    const std::array<std::int32_t, 3>& acceleration, EmulatorOutput& out) {
        if (!daisy_) {
            out.truth(0, number_, raw_frames(counts, 8));
        } else {
            std::copy(counts.begin(), counts.end(), pair_.begin() + (is_upper_half ? 8 : 0));
            if (!is_upper_half) out.truth(0, number_ / 2, raw_frames(std::span<const std::int32_t>{pair_}, 16));
        }
        if (has_acceleration) out.truth(1, acceleration_index_++, raw_frames(std::span<const std::int32_t>{acceleration}, 3));
    }

    bool daisy_, old_firmware_, board_on_, old_dongle_;
    EmulatedBody body_;
    std::array<double, 16> gains_{};
    std::array<std::int32_t, 16> previous_{}, pair_{};
    std::string pending_;
    bool streaming_ = false;
    std::uint64_t clock_ = 0;   // packets since power-up
    std::uint64_t number_ = 0;  // packets since the start
    std::uint64_t acceleration_index_ = 0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<CytonEmulator>(url, body);
}

}  // namespace tonus::cyton
