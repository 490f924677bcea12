// Written from the protocol page alone: knows nothing of decoder.cpp.
#include "drivers/otb/emulator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace tonus::otb {
namespace {

constexpr std::array kOptions{
    DriverOption{"model", "muovi muovi+ sessantaquattro sessantaquattro+ quattrocento, muovi", "which device it is"},
    DriverOption{"rate", "Hz, 2000 or 2048", "that it will be asked for: the body has this one"},
    DriverOption{"port", "number", "TCP port; each model has its own"},
};
using Words = std::vector<unsigned>;

class OtbEmulator final : public Emulator {
public:
    OtbEmulator(const SourceUrl& url, const BodyMaker& body)
        : model_(url.choice("model", "muovi", {"muovi", "muovi+", "sessantaquattro", "sessantaquattro+", "quattrocento"})),
          rate_hz_(url.number("rate", model_ == "quattrocento" ? 2048.0 : 2000.0, 500.0, 10240.0)),
          body_(body(rate_hz_, 16)) {
        const bool is_muovi = model_.starts_with("muovi");
        const double port = is_muovi ? 54321.0 : is_quattrocento() ? 23456.0 : 45454.0;
        lines_[0] = {is_quattrocento() ? LineKind::tcp_listens : LineKind::tcp_dials, static_cast<std::uint16_t>(url.number("port", port, 1.0, 65535.0))};
    }

    std::span<const EmulatorLine> lines() const noexcept override { return lines_; }

    void connected(std::size_t, bool, EmulatorOutput&) override {
        heard_.clear();
        streaming_ = false;
    }

    void hear(std::size_t, std::span<const std::byte> bytes, EmulatorOutput& out) override {
        for (const std::byte byte : bytes) heard_.push_back(static_cast<unsigned>(byte));
        const std::size_t n_command = model_.starts_with("muovi") ? 1 : is_quattrocento() ? 40 : 2;
        while (heard_.size() >= n_command) {
            const Words command{heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(n_command)};
            heard_.erase(heard_.begin(), heard_.begin() + static_cast<std::ptrdiff_t>(n_command));
            obey(command, out);
        }
    }

    void advance(std::int64_t now_ns, EmulatorOutput& out) override {
        for (; static_cast<double>(clock_) / rate_hz_ <= static_cast<double>(now_ns) * 1e-9; ++clock_) {
            body_.seek(clock_);
            if (streaming_) send_step(out);
        }
    }

private:
    bool is_quattrocento() const { return model_ == "quattrocento"; }

    void obey(const Words& c, EmulatorOutput& out) {
        bool go = (c.back() & 1) != 0;
        if (is_quattrocento()) {
            unsigned crc = 0;
            for (std::size_t i = 0; i < 39; ++i) {
                for (unsigned bit = 0; bit < 8; ++bit) {
                    const bool feed = ((crc ^ c[i] >> bit) & 1) != 0;
                    crc = crc >> 1 ^ (feed ? 0x8Cu : 0u);
                }
            }
            if (crc != c[39]) return;
            go = (c[0] & 1) != 0;
            constexpr std::array<std::size_t, 4> kChannels{120, 216, 312, 408};
            n_bio_ = kChannels[c[0] >> 1 & 3] - 24;
        } else if (model_.starts_with("muovi")) {
            n_bio_ = model_ == "muovi" ? 32 : 64;
            wide_ = (c[0] & 8) == 0;
        } else {
            const unsigned word = c[0] << 8 | c[1];
            n_bio_ = std::size_t{8} << (word >> 11 & 3);
            if ((word >> 8 & 7) == 1) n_bio_ /= 2;
        }
        if (go) {
            streaming_ = true;
            index_ = 0;
        } else {
            streaming_ = false;
            if (!is_quattrocento()) out.hang_up(0);
        }
    }

    void send_step(EmulatorOutput& out) {
        const double volts_per_count = is_quattrocento() ? 5.0 / 65536.0 / 150.0 : 286.1e-9;
        const double most = wide_ ? 8388607.0 : 32767.0;
        std::vector<std::int32_t> values;
        for (std::size_t ch = 0; ch < n_bio_; ++ch) {
            values.push_back(static_cast<std::int32_t>(std::clamp(std::round(body_.emg_uv(ch) * 1e-6 / volts_per_count), -most - 1.0, most)));
        }
        const bool is_muovi = model_.starts_with("muovi");
        const std::size_t n_auxiliary = is_quattrocento() ? 16 : is_muovi ? 0 : 2;
        std::vector<std::int32_t> auxiliary;
        for (std::size_t i = 0; i < n_auxiliary; ++i) auxiliary.push_back(static_cast<std::int32_t>(100 * i + 1));
        const std::array<std::int32_t, 4> quaternion{16384, 0, 0, static_cast<std::int32_t>(index_ / 20 % 100)};
        const bool has_quaternion = is_muovi || model_ == "sessantaquattro+";
        const auto counter = static_cast<std::int32_t>(index_ % 65536);
        const std::int32_t trigger = is_quattrocento() ? (index_ / 1000 % 2 == 1 ? 31767 : 0) : 5;

        out.truth(0, index_, raw_frames(std::span<const std::int32_t>{values}, n_bio_));
        values.insert(values.end(), auxiliary.begin(), auxiliary.end());
        if (has_quaternion) values.insert(values.end(), quaternion.begin(), quaternion.end());
        if (is_quattrocento()) values.insert(values.end(), {counter, trigger, 0, 12345, 0, 0, 0, 0});
        else values.insert(values.end(), {trigger, counter});
        auxiliary.push_back(trigger);
        out.truth(1, index_, raw_frames(std::span<const std::int32_t>{auxiliary}, auxiliary.size()));
        if (has_quaternion) out.truth(2, index_, raw_frames(std::span<const std::int32_t>{quaternion}, 4));

        std::vector<std::byte> bytes;
        const int n_bytes = wide_ ? 3 : 2;
        for (const std::int32_t value : values) {
            for (int i = 0; i < n_bytes; ++i) bytes.push_back(static_cast<std::byte>(value >> 8 * (is_quattrocento() ? i : n_bytes - 1 - i)));
        }
        out.frame(0, bytes);
        ++index_;
    }

    std::string model_;
    double rate_hz_;
    EmulatedBody body_;
    std::array<EmulatorLine, 1> lines_{};
    Words heard_;
    std::size_t n_bio_ = 32;
    bool wide_ = false, streaming_ = false;
    std::uint64_t clock_ = 0, index_ = 0;
};

}  // namespace

std::span<const DriverOption> emulator_options() noexcept { return kOptions; }

std::unique_ptr<Emulator> make_emulator(const SourceUrl& url, const BodyMaker& body) {
    return std::make_unique<OtbEmulator>(url, body);
}

}  // namespace tonus::otb
