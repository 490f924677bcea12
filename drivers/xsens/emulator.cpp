// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/xsens/emulator.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

namespace tonus::xsens {
namespace {

constexpr std::array kOptions{
    DriverOption{"measuring", "on off, on", "it measures already when it is opened, as it was left"},
    DriverOption{"rate_max", "Hz, 400", "a request for more is answered with this"},
    DriverOption{"model", "full bare, full", "bare: a model that computes no orientation"},
};
constexpr std::array kLines{EmulatorLine{LineKind::serial, 0}};
constexpr double kBodyHz = 400.0;
using Words = std::vector<unsigned>;

class XsensEmulator final : public Emulator {
public:
    XsensEmulator(const SourceUrl& url, const BodyMaker& body)
        : measuring_(url.flag("measuring", true)),
          rate_max_(static_cast<unsigned>(url.number("rate_max", 400.0, 1.0, 400.0))),
          full_(url.choice("model", "full", {"full", "bare"}) == "full"),
          body_(body(kBodyHz, 4)) {}

    std::span<const EmulatorLine> lines() const noexcept override { return kLines; }

    void hear(std::size_t, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        for (const std::byte byte : bytes) {
            heard_.push_back(static_cast<unsigned>(byte));
            if (heard_.size() == 1 && heard_[0] != 0xFA) heard_.clear();
            if (heard_.size() < 5 || heard_.size() < 5 + heard_[3]) continue;
            unsigned sum = 0;
            for (std::size_t i = 1; i < heard_.size(); ++i) sum += heard_[i];
            if (sum % 256 == 0) obey(heard_[2], Words{heard_.begin() + 4, heard_.end() - 1}, out);
            heard_.clear();
        }
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        for (; static_cast<double>(clock_) / kBodyHz <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            heading_rad_ += body_.angular_rate_rad_s()[2] / kBodyHz;
            if (measuring_ && clock_ % (static_cast<std::uint64_t>(kBodyHz) / rate_hz_) == 0) measure(out);
        }
    }

private:
    static std::vector<std::byte> message(unsigned id, const Words& data) {
        Words all{0xFF, id, static_cast<unsigned>(data.size())};
        all.insert(all.end(), data.begin(), data.end());
        unsigned sum = 0;
        for (const unsigned word : all) sum += word;
        all.insert(all.begin(), 0xFA);
        all.push_back((0x100 - sum % 0x100) % 0x100);
        std::vector<std::byte> bytes;
        for (const unsigned word : all) bytes.push_back(static_cast<std::byte>(word));
        return bytes;
    }

    void obey(unsigned id, const Words& data, EmulatorOutput& out) {
        if (id == 0x30) {
            // Data that are on their way still come before the acknowledgement.
            if (measuring_) measure(out);
            measuring_ = false;
            out.reply(0, message(0x31, {}));
        } else if (measuring_) {
            return;  // in measurement it takes no other request
        } else if (id == 0x10) {
            measuring_ = true;
            out.reply(0, message(0x11, {}));
        } else if (id == 0x00) {
            out.reply(0, message(0x01, {0x12, 0x34, 0x56, 0x78}));
        } else if (id == 0xC0) {
            out.reply(0, message(0xC1, accepted(data)));
        }
    }

    Words accepted(const Words& data) {
        Words answer;
        for (std::size_t i = 0; i + 4 <= data.size(); i += 4) {
            const unsigned item = data[i] << 8 | data[i + 1];
            unsigned rate = data[i + 2] << 8 | data[i + 3];
            if (item == 0x2010 && !full_) continue;
            if (rate != 0xFFFF) {
                rate = std::min(rate, rate_max_);
                rate_hz_ = rate;
            }
            answer.insert(answer.end(), {data[i], data[i + 1], rate >> 8, rate & 0xFF});
        }
        return answer;
    }

    static void put(Words& to, unsigned value, int n_bytes) {
        while (n_bytes-- > 0) to.push_back(value >> (8 * n_bytes) & 0xFF);
    }

    template <std::size_t N>
    void put_item(Words& to, unsigned item, const std::array<float, N>& values) {
        put(to, item, 2);
        put(to, 4 * N, 1);
        for (const float value : values) put(to, std::bit_cast<std::uint32_t>(value), 4);
    }

    void measure(EmulatorOutput& out) {
        std::array<float, 3> acceleration{}, turn{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            acceleration[axis] = static_cast<float>(body_.acceleration_m_s2()[axis]);
            turn[axis] = static_cast<float>(body_.angular_rate_rad_s()[axis]);
        }
        const std::array<float, 4> q{static_cast<float>(std::cos(heading_rad_ / 2)), 0.0f, 0.0f, static_cast<float>(std::sin(heading_rad_ / 2))};
        Words data;
        put(data, 0x1020, 2), put(data, 2, 1), put(data, counter_ % 65536, 2);
        put(data, 0x1060, 2), put(data, 4, 1), put(data, static_cast<unsigned>(clock_ * 25), 4);
        put_item(data, 0x4020, acceleration);
        put_item(data, 0x8020, turn);
        put_item(data, 0x2010, q);
        put(data, 0xE020, 2), put(data, 4, 1), put(data, 3, 4);  // a status nobody asked for
        out.truth(0, counter_, raw_frames(std::span<const float>{acceleration}, 3));
        out.truth(1, counter_, raw_frames(std::span<const float>{turn}, 3));
        out.truth(2, counter_, raw_frames(std::span<const float>{q}, 4));
        out.frame(0, message(0x36, data));
        ++counter_;
    }

    bool measuring_;
    unsigned rate_max_;
    bool full_;
    EmulatedBody body_;
    Words heard_;
    unsigned rate_hz_ = 100;
    std::uint64_t clock_ = 0;
    unsigned counter_ = 0;  // goes on over starts and stops
    double heading_rad_ = 0.0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<XsensEmulator>(url, body);
}

}  // namespace tonus::xsens
