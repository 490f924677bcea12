// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/bitalino/emulator.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tonus::bitalino {
namespace {

constexpr std::array kOptions{
    DriverOption{"version", "5.2 4.2 3.0, 5.2", "of the firmware; before 4.2 FF is not understood while it streams"},
};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};
constexpr double kSamplesPerS = 1000.0;
constexpr std::int64_t kDeafNs = 100'000'000;  // a command that follows another sooner is not read
constexpr std::array<unsigned, 16> kCrcTable{0, 3, 6, 5, 12, 15, 10, 9, 11, 8, 13, 14, 7, 4, 1, 2};

class BitalinoEmulator final : public Emulator {
public:
    BitalinoEmulator(const SourceUrl& url, const BodyMaker& body)
        : version_(url.choice("version", "5.2", {"5.2", "4.2", "3.0"})), body_(body(kSamplesPerS, 8)) {}

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }

    void hear(std::size_t, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        for (const std::byte byte : bytes) {
            if (heard_any_ && now_ns_ - heard_ns_ < kDeafNs) continue;
            heard_any_ = true;
            heard_ns_ = now_ns_;
            obey(static_cast<unsigned>(byte), out);
        }
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        now_ns_ = now_ns;
        for (; static_cast<double>(clock_) / kSamplesPerS <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            if (streaming_ && clock_ % divider_ == 0) send_frame(out);
        }
    }

private:
    void obey(unsigned command, EmulatorOutput& out) {
        if (streaming_) {
            if (command == 0x00 || (command == 0xFF && version_ != "3.0")) streaming_ = false;
            return;
        }
        if (command == 0x07) {
            const std::string text = (version_ == "3.0" ? "BITalino V" : "BITalino_v") + version_ + "\n";
            out.reply(0, std::as_bytes(std::span{text.data(), text.size()}));
        } else if (command == 0xC3) {
            divider_ = 1;
        } else if (command == 0x83) {
            divider_ = 10;
        } else if ((command & 3) == 1) {
            mask_ = command >> 2;
            streaming_ = mask_ != 0;
            number_ = 0;
        }
    }

    void send_frame(EmulatorOutput& out) {
        std::vector<unsigned> values;
        std::vector<std::int32_t> truth;
        for (unsigned input = 0; input < 6; ++input) {
            if ((mask_ >> input & 1) == 0) continue;
            // V at the converter = EMG * 1009 + 1.65; 10 bits over 3.3 V, of which inputs 5 and 6 of
            // a frame keep the upper 6.
            const double volts = body_.emg_uv(input) * 1e-6 * 1009.0 + 1.65;
            unsigned value = static_cast<unsigned>(std::clamp(std::floor(volts / 3.3 * 1024.0), 0.0, 1023.0));
            if (values.size() >= 4) value >>= 4;
            values.push_back(value);
            truth.push_back(static_cast<std::int32_t>(value));
        }
        const unsigned digital = (number_ / 100 % 2) << 3;  // I1 beats
        const std::vector<std::byte> frame = encode(values, digital);
        const std::array<std::int32_t, 4> lines{static_cast<std::int32_t>(digital >> 3), 0, 0, 0};
        out.truth(0, number_, raw_frames(std::span<const std::int32_t>{truth}, truth.size()));
        out.truth(1, number_, raw_frames(std::span<const std::int32_t>{lines}, 4));
        out.frame(0, frame);
        ++number_;
    }

    std::vector<std::byte> encode(const std::vector<unsigned>& v, unsigned digital) const {
        constexpr std::array<std::size_t, 7> kLengths{0, 3, 4, 6, 7, 8, 8};
        std::vector<unsigned> b(kLengths[v.size()], 0);
        const std::size_t last = b.size() - 1;
        const auto at = [&](std::size_t back) -> unsigned& { return b[last - back]; };
        at(0) = (number_ % 16) << 4;
        at(1) = digital << 4 | v[0] >> 6;
        at(2) = (v[0] & 0x3F) << 2;
        if (v.size() > 1) at(2) |= v[1] >> 8, at(3) = v[1] & 0xFF;
        if (v.size() > 2) at(4) = v[2] >> 2, at(5) = (v[2] & 3) << 6;
        if (v.size() > 3) at(5) |= v[3] >> 4, at(6) = (v[3] & 0xF) << 4;
        if (v.size() > 4) at(6) |= v[4] >> 2, at(7) = (v[4] & 3) << 6;
        if (v.size() > 5) at(7) |= v[5];
        unsigned crc = 0;
        for (std::size_t i = 0; i < last; ++i) {
            crc = kCrcTable[crc] ^ b[i] >> 4;
            crc = kCrcTable[crc] ^ (b[i] & 0xF);
        }
        crc = kCrcTable[crc] ^ b[last] >> 4;
        b[last] |= kCrcTable[crc];
        std::vector<std::byte> bytes;
        for (const unsigned byte : b) bytes.push_back(static_cast<std::byte>(byte));
        return bytes;
    }

    std::string version_;
    EmulatedBody body_;
    std::int64_t now_ns_ = 0, heard_ns_ = 0;
    bool heard_any_ = false, streaming_ = false;
    unsigned mask_ = 0;
    std::uint64_t divider_ = 1;
    std::uint64_t clock_ = 0;   // samples since power-up
    unsigned number_ = 0;       // frames since the start
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<BitalinoEmulator>(url, body);
}

}  // namespace tonus::bitalino
