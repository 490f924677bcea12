// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/shimmer/emulator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace tonus::shimmer {
namespace {

constexpr std::array kOptions{
    DriverOption{"crc", "on off, on", "off: a firmware that does not know the checksum"},
    DriverOption{"hardware", "3 10, 3", "10 is a Shimmer3R"},
    DriverOption{"status", "on off, on", "tells its status among the data, as FF 8A 71 xx unless told not to"},
};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};
constexpr double kTicksPerS = 32768.0, kBodyHz = 1024.0;
using Words = std::vector<unsigned>;

unsigned crc_of(const Words& words) {
    unsigned crc = 0xB0CA;
    Words all = words;
    if (all.size() % 2 != 0) all.push_back(0);
    for (const unsigned word : all) {
        // The usual form without a table, a byte at a time.
        crc = (crc >> 8 | crc << 8) & 0xFFFF;
        crc ^= word;
        crc ^= (crc & 0xFF) >> 4;
        crc ^= crc << 12 & 0xFFFF;
        crc ^= (crc & 0xFF) << 5;
    }
    return crc & 0xFFFF;
}

class ShimmerEmulator final : public Emulator {
public:
    ShimmerEmulator(const SourceUrl& url, const BodyMaker& body)
        : knows_crc_(url.flag("crc", true)),
          hardware_(url.choice("hardware", "3", {"3", "10"}) == "3" ? 3 : 10),
          tells_status_(url.flag("status", true)),
          body_(body(kBodyHz, 4)) {}

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }

    void connected(std::size_t, bool, EmulatorOutput&) override { heard_.clear(); }

    void hear(std::size_t, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        for (const std::byte byte : bytes) heard_.push_back(static_cast<unsigned>(byte));
        while (!heard_.empty() && heard_.size() >= command_bytes()) {
            const auto end = heard_.begin() + static_cast<std::ptrdiff_t>(command_bytes());
            const Words command{heard_.begin(), end};
            heard_.erase(heard_.begin(), end);
            obey(command, out);
        }
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        const double now_s = static_cast<double>(now_ns) * 1e-9;
        for (; static_cast<double>(ticks_) / kTicksPerS <= now_s; ticks_ += divider_) {
            body_.seek(static_cast<std::uint64_t>(static_cast<double>(ticks_) / kTicksPerS * kBodyHz));
            if (streaming_) send_packet(out);
        }
    }

private:
    std::size_t command_bytes() const {
        switch (heard_[0]) {
            case 0x05: return 3;
            case 0x08: return 4;
            case 0x61: return heard_.size() < 4 ? 4 : 4 + heard_[3];
            case 0x63: return 4;
            case 0x8B: case 0xA3: return 2;
            default: return 1;
        }
    }

    static void send(const Words& words, EmulatorOutput& out, bool is_frame = false) {
        std::vector<std::byte> bytes;
        for (const unsigned word : words) bytes.push_back(static_cast<std::byte>(word));
        is_frame ? out.frame(0, bytes) : out.reply(0, bytes);
    }

    void obey(const Words& command, EmulatorOutput& out) {
        Words answer{0xFF};
        const auto add = [&answer](const Words& words) { answer.insert(answer.end(), words.begin(), words.end()); };
        switch (command[0]) {
            case 0x3F: add({0x25, hardware_}); break;
            case 0x2E: add({0x2F, 3, 0, 0, 0, 0x0B, 0}); break;
            case 0x05: divider_ = command[1] | command[2] << 8; break;
            case 0x08: sensors_ = command[1] | command[2] << 8 | command[3] << 16; break;
            case 0x61:
                if (command[1] < 2) std::copy_n(command.begin() + 4, std::min<std::size_t>(command[3], 10), exg_[command[1]].begin() + command[2]);
                break;
            case 0x63: {
                add({0x62, command[3]});
                const auto from = exg_[command[1] & 1].begin() + command[2];
                add(Words{from, from + command[3]});
                break;
            }
            case 0x01: {
                const Words ids = channel_ids();
                add({0x02, divider_ & 0xFF, divider_ >> 8, 0x1A, 0x20, 0x61, 0x08, static_cast<unsigned>(ids.size()), 1});
                add(ids);
                break;
            }
            case 0x2C:
                add({0x2D});
                add(Words(84, 0xFF));  // nothing stored
                break;
            case 0x07:
                streaming_ = true;
                index_ = 0;
                break;
            case 0x20: streaming_ = false; break;
            case 0x8B:
                if (!knows_crc_) return;
                crc_ = command[1] != 0;
                break;
            case 0xA3: prefix_ = command[1] == 1; break;
            default: return;
        }
        send(answer, out);
    }

    Words channel_ids() const {
        Words ids;
        if ((sensors_ & 0x80) != 0) ids.insert(ids.end(), {0x00, 0x01, 0x02});
        if ((sensors_ & 0x40) != 0) ids.insert(ids.end(), {0x0A, 0x0B, 0x0C});
        if ((sensors_ & 0x10) != 0) ids.insert(ids.end(), {0x1D, 0x1E, 0x1F});
        return ids;
    }

    std::int32_t emg_count(std::size_t channel) const {
        constexpr std::array<double, 8> kGains{6, 1, 2, 3, 4, 8, 12, 6};
        const double gain = kGains[exg_[0][3 + channel] >> 4 & 7];
        return static_cast<std::int32_t>(std::clamp(std::round(body_.emg_uv(channel) * 1e-6 * gain / 2.42 * 8388607.0), -8388608.0, 8388607.0));
    }

    void send_packet(EmulatorOutput& out) {
        Words packet{0x00};
        const auto put = [&packet](std::int32_t value, int n_bytes, bool big_endian) {
            for (int i = 0; i < n_bytes; ++i) packet.push_back(static_cast<unsigned>(value >> 8 * (big_endian ? n_bytes - 1 - i : i)) & 0xFF);
        };
        put(static_cast<std::int32_t>(ticks_ & 0xFFFFFF), 3, false);
        // The chips sit turned: x is minus the board's y, y minus its x, z minus its z.
        const auto a = body_.acceleration_m_s2(), w = body_.angular_rate_rad_s();
        std::array<std::int32_t, 3> ours_a{}, ours_w{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            ours_a[axis] = static_cast<std::int32_t>(std::clamp(std::round(2047.0 - 83.0 * a[axis]), 0.0, 4095.0));
            ours_w[axis] = static_cast<std::int32_t>(std::round(-65.5 * w[axis] * 180.0 / std::numbers::pi));
        }
        constexpr std::array<std::size_t, 3> kTurned{1, 0, 2};
        if ((sensors_ & 0x80) != 0) for (const std::size_t axis : kTurned) put(ours_a[axis], 2, false);
        if ((sensors_ & 0x40) != 0) for (const std::size_t axis : kTurned) put(ours_w[axis], 2, true);
        const std::array<std::int32_t, 2> emg{emg_count(0), emg_count(1)};
        if ((sensors_ & 0x10) != 0) {
            put(0x80, 1, true);
            for (const std::int32_t value : emg) put(value, 3, true);
        }
        if (crc_) {
            const unsigned crc = crc_of(packet);
            packet.insert(packet.end(), {crc & 0xFF, crc >> 8});
        }
        out.truth(0, index_, raw_frames(std::span<const std::int32_t>{emg}, 2));
        if ((sensors_ & 0x80) != 0) out.truth(1, index_, raw_frames(std::span<const std::int32_t>{ours_a}, 3));
        if ((sensors_ & 0x40) != 0) out.truth(2, index_, raw_frames(std::span<const std::int32_t>{ours_w}, 3));
        send(packet, out, true);
        if (tells_status_ && index_ % 500 == 250) send(prefix_ ? Words{0xFF, 0x8A, 0x71, 0x25} : Words{0x8A, 0x71, 0x25}, out);
        ++index_;
    }

    bool knows_crc_;
    unsigned hardware_;
    bool tells_status_;
    EmulatedBody body_;
    Words heard_;
    std::array<std::array<unsigned, 16>, 2> exg_{};
    unsigned divider_ = 640, sensors_ = 0x80;
    bool streaming_ = false, crc_ = false, prefix_ = true;
    std::uint64_t ticks_ = 0, index_ = 0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<ShimmerEmulator>(url, body);
}

}  // namespace tonus::shimmer
