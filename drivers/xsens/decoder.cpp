#include "drivers/xsens/decoder.hpp"

#include "drivers/driver/byte_order.hpp"

namespace tonus::xsens {
namespace {

constexpr std::byte kPreamble{0xFA}, kBus{0xFF}, kLongLength{0xFF};
constexpr std::size_t kHeadBytes = 4, kLongHeadBytes = 6;

bool is_long(std::span<const std::byte> message) noexcept { return message[3] == kLongLength; }

/// Data items by their number, the format in its low nibble taken off.
constexpr std::uint64_t kCounter = 0x1020, kTimeFine = 0x1060, kQuaternion = 0x2010, kAcceleration = 0x4020, kRateOfTurn = 0x8020;
constexpr std::uint64_t kFormat = 0x3, kFrameOfReference = 0xC;

template <std::size_t N>
std::optional<std::array<float, N>> floats(std::span<const std::byte> bytes, std::uint64_t format) noexcept {
    if (format != 0 || bytes.size() != 4 * N) return std::nullopt;
    std::array<float, N> values;
    for (std::size_t i = 0; i < N; ++i) values[i] = float_be(bytes, 4 * i);
    return values;
}

}  // namespace

FrameMatch match_message(std::span<const std::byte> front, bool) noexcept {
    if (front[0] != kPreamble || (front.size() > 1 && front[1] != kBus)) return FrameMatch::none();
    if (front.size() < kHeadBytes || (is_long(front) && front.size() < kLongHeadBytes)) return FrameMatch::more();
    const std::size_t n_head = is_long(front) ? kLongHeadBytes : kHeadBytes;
    const std::size_t n_bytes = n_head + static_cast<std::size_t>(is_long(front) ? unsigned_be<2>(front, 4) : unsigned_be<1>(front, 3)) + 1;
    if (n_bytes > kMessageBytesMax) return FrameMatch::none();
    if (front.size() < n_bytes) return FrameMatch::more();
    unsigned sum = 0;
    for (std::size_t i = 1; i < n_bytes; ++i) sum += static_cast<unsigned>(front[i]);
    return sum % 256 == 0 ? FrameMatch::frame(n_bytes) : FrameMatch::none();
}

Id id_of(std::span<const std::byte> message) noexcept { return static_cast<Id>(message[2]); }

std::span<const std::byte> payload_of(std::span<const std::byte> message) noexcept {
    const std::size_t n_head = is_long(message) ? kLongHeadBytes : kHeadBytes;
    return message.subspan(n_head, message.size() - n_head - 1);
}

std::vector<std::byte> make_message(Id id, std::span<const std::uint8_t> payload) {
    std::vector<std::byte> message{kPreamble, kBus, static_cast<std::byte>(id), static_cast<std::byte>(payload.size())};
    for (const std::uint8_t byte : payload) message.push_back(static_cast<std::byte>(byte));
    unsigned sum = 0;
    for (std::size_t i = 1; i < message.size(); ++i) sum += static_cast<unsigned>(message[i]);
    message.push_back(static_cast<std::byte>(256 - sum % 256));
    return message;
}

Measurement decode_measurement(std::span<const std::byte> payload) noexcept {
    Measurement found;
    while (payload.size() >= 3) {
        const std::uint64_t id = unsigned_be<2>(payload, 0);
        const auto n_bytes = static_cast<std::size_t>(payload[2]);
        if (payload.size() < 3 + n_bytes) break;
        const auto item = payload.subspan(3, n_bytes);
        payload = payload.subspan(3 + n_bytes);
        const std::uint64_t format = id & kFormat;
        switch (id & ~(kFormat | kFrameOfReference)) {
            case kCounter:
                if (n_bytes == 2) found.counter = static_cast<std::uint16_t>(unsigned_be<2>(item));
                break;
            case kTimeFine:
                if (n_bytes == 4) found.time_100us = static_cast<std::uint32_t>(unsigned_be<4>(item));
                break;
            case kQuaternion: found.quaternion = floats<4>(item, format); break;
            case kAcceleration: found.acceleration = floats<3>(item, format); break;
            case kRateOfTurn: found.angular_rate = floats<3>(item, format); break;
            default: break;
        }
    }
    found.whole = payload.empty();
    return found;
}

}  // namespace tonus::xsens
