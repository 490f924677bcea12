#include "drivers/ngimu/decoder.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "drivers/driver/byte_order.hpp"

namespace tonus::ngimu {
namespace {

constexpr std::byte kEnd{0xC0}, kEscape{0xDB}, kEscapedEnd{0xDC}, kEscapedEscape{0xDD};
constexpr std::string_view kBundle{"#bundle\0", 8}, kSensors{"/sensors\0\0\0\0", 12};
constexpr std::string_view kTypes{",ffffffffff\0", 12};  // gyroscope, accelerometer, magnetometer, barometer
constexpr std::size_t kBundleHeadBytes = 16, kValues = 10, kMessageBytes = 12 + 12 + 4 * kValues;

bool begins_with(std::span<const std::byte> bytes, std::string_view text) noexcept {
    return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin(), [](char c, std::byte byte) {
               return static_cast<std::byte>(c) == byte;
           });
}

/// A packet without its end and its stuffing.
struct Plain {
    std::array<std::byte, kPacketBytesMax> bytes;
    std::size_t n = 0;
    std::span<const std::byte> all() const noexcept { return std::span{bytes}.first(n); }
};

bool unstuff(std::span<const std::byte> packet, Plain& plain) noexcept {
    for (std::size_t i = 0; i + 1 < packet.size(); ++i) {
        std::byte byte = packet[i];
        if (byte == kEscape) {
            byte = packet[++i];
            if (byte != kEscapedEnd && byte != kEscapedEscape) return false;
            byte = byte == kEscapedEnd ? kEnd : kEscape;
        }
        plain.bytes[plain.n++] = byte;
    }
    return true;
}

std::optional<Sensors> decode_message(std::span<const std::byte> message) noexcept {
    const bool is_ours = message.size() == kMessageBytes && begins_with(message, kSensors) &&
                         begins_with(message.subspan(kSensors.size()), kTypes);
    if (!is_ours) return std::nullopt;
    const std::span<const std::byte> values = message.subspan(kSensors.size() + kTypes.size());
    Sensors found;
    bool good = true;
    for (std::size_t i = 0; i < 6; ++i) {
        const float value = float_be(values, 4 * i);
        good = good && std::isfinite(value);
        (i < 3 ? found.gyro_deg_s[i] : found.acceleration_g[i - 3]) = value;
    }
    return good ? std::optional{found} : std::nullopt;
}

}  // namespace

FrameMatch match_packet(std::span<const std::byte> front, bool) noexcept {
    const std::size_t n = std::min(front.size(), kPacketBytesMax);
    const auto end = std::find(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(n), kEnd);
    const auto length = static_cast<std::size_t>(end - front.begin());
    if (length < n) return FrameMatch::frame(length + 1);
    return n < kPacketBytesMax ? FrameMatch::more() : FrameMatch::none();
}

std::optional<Sensors> decode_sensors(std::span<const std::byte> packet) noexcept {
    Plain plain;
    if (!unstuff(packet, plain) || !begins_with(plain.all(), kBundle) || plain.n < kBundleHeadBytes) return std::nullopt;
    std::span<const std::byte> elements = plain.all().subspan(kBundleHeadBytes);
    std::optional<Sensors> found;
    while (elements.size() >= 4) {
        const std::uint64_t n_bytes = unsigned_be<4>(elements);
        elements = elements.subspan(4);
        if (n_bytes > elements.size()) return std::nullopt;
        if (const auto sensors = decode_message(elements.first(n_bytes))) found = sensors;
        elements = elements.subspan(n_bytes);
    }
    if (!elements.empty() || !found) return std::nullopt;  // what does not fill its packet is damaged
    found->time_tag = unsigned_be<8>(plain.all(), kBundle.size());
    return found;
}

}  // namespace tonus::ngimu
