#include "drivers/ximu3/decoder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "drivers/driver/byte_order.hpp"

namespace tonus::ximu3 {
namespace {

constexpr std::byte kEnd{0x0A}, kEscape{0xDB}, kEscapedEnd{0xDC}, kEscapedEscape{0xDD}, kBinaryInertial{0x80 + 'I'};
constexpr std::size_t kInertialBytes = 33;  // without its end, unstuffed: letter, time, six floats

std::optional<Inertial> decode_binary(std::span<const std::byte> message) noexcept {
    std::array<std::byte, kInertialBytes> plain;
    std::size_t n = 0;
    for (std::size_t i = 0; i + 1 < message.size(); ++i) {
        std::byte byte = message[i];
        if (byte == kEscape) {
            byte = message[++i];
            if (byte != kEscapedEnd && byte != kEscapedEscape) return std::nullopt;
            byte = byte == kEscapedEnd ? kEnd : kEscape;
        }
        if (n == plain.size()) return std::nullopt;
        plain[n++] = byte;
    }
    if (n != plain.size()) return std::nullopt;
    Inertial sample{.time_us = unsigned_le<8>(plain, 1)};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        sample.gyro_deg_s[axis] = float_le(plain, 9 + 4 * axis);
        sample.acceleration_g[axis] = float_le(plain, 21 + 4 * axis);
    }
    return sample;
}

/// Takes "number," off the front; the last ends where the text does.
template <class T>
bool take(const char*& at, const char* end, T& value, bool is_last) noexcept {
    const auto [next, code] = std::from_chars(at, end, value);
    at = next;
    if (code != std::errc{}) return false;
    return is_last ? at == end : at != end && *at++ == ',';
}

std::optional<Inertial> decode_text(std::span<const std::byte> message) noexcept {
    const char* at = reinterpret_cast<const char*>(message.data()) + 2;
    const char* end = at + message.size() - 3;
    if (end > at && end[-1] == '\r') --end;
    Inertial sample;
    bool good = take(at, end, sample.time_us, false);
    for (float& value : sample.gyro_deg_s) good = good && take(at, end, value, false);
    for (std::size_t axis = 0; axis < 3; ++axis) good = good && take(at, end, sample.acceleration_g[axis], axis == 2);
    return good ? std::optional{sample} : std::nullopt;
}

/// No sensor sends anything else; damage may.
bool is_finite(const std::array<float, 3>& values) noexcept {
    return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

}  // namespace

FrameMatch match_message(std::span<const std::byte> front, bool) noexcept {
    const std::size_t n = std::min(front.size(), kMessageBytesMax);
    const auto end = std::find(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(n), kEnd);
    const auto length = static_cast<std::size_t>(end - front.begin());
    if (length < n) return FrameMatch::frame(length + 1);
    return n < kMessageBytesMax ? FrameMatch::more() : FrameMatch::none();
}

std::optional<Inertial> decode_inertial(std::span<const std::byte> message) noexcept {
    std::optional<Inertial> sample;
    if (message[0] == kBinaryInertial) sample = decode_binary(message);
    if (message.size() > 3 && message[0] == std::byte{'I'} && message[1] == std::byte{','}) sample = decode_text(message);
    return sample && is_finite(sample->gyro_deg_s) && is_finite(sample->acceleration_g) ? sample : std::nullopt;
}

std::optional<std::string> decode_answer(std::span<const std::byte> message) {
    if (message[0] != std::byte{'{'}) return std::nullopt;
    return std::string{reinterpret_cast<const char*>(message.data()), message.size()};
}

}  // namespace tonus::ximu3
