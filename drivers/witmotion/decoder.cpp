#include "drivers/witmotion/decoder.hpp"

#include "drivers/driver/byte_order.hpp"

namespace tonus::witmotion {

FrameMatch match_frame(std::span<const std::byte> front, bool) noexcept {
    constexpr std::byte kHeader{0x55}, kFirstType{0x50}, kLastType{0x5F};
    if (front[0] != kHeader || (front.size() > 1 && (front[1] < kFirstType || front[1] > kLastType))) return FrameMatch::none();
    if (front.size() < kFrameBytes) return FrameMatch::more();
    unsigned sum = 0;
    for (std::size_t i = 0; i + 1 < kFrameBytes; ++i) sum += static_cast<unsigned>(front[i]);
    return sum % 256 == static_cast<unsigned>(front[kFrameBytes - 1]) ? FrameMatch::frame(kFrameBytes) : FrameMatch::none();
}

Type type_of(std::span<const std::byte> frame) noexcept { return static_cast<Type>(frame[1]); }

std::array<std::int32_t, 4> words_of(std::span<const std::byte> frame) noexcept {
    return {signed_le<2>(frame, 2), signed_le<2>(frame, 4), signed_le<2>(frame, 6), signed_le<2>(frame, 8)};
}

std::uint64_t milliseconds_of(std::span<const std::byte> frame) noexcept {
    const std::uint64_t hours = unsigned_le<1>(frame, 5), minutes = unsigned_le<1>(frame, 6), seconds = unsigned_le<1>(frame, 7);
    return (((hours * 60 + minutes) * 60 + seconds) * 1000 + unsigned_le<2>(frame, 8)) % kMillisecondsPerDay;
}

std::array<std::uint8_t, 5> write_register(std::uint8_t address, std::uint16_t value) noexcept {
    return {0xFF, 0xAA, address, static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8)};
}

}  // namespace tonus::witmotion
