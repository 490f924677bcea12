#include "drivers/rvc/decoder.hpp"

#include "drivers/driver/byte_order.hpp"

namespace tonus::rvc {

FrameMatch match_frame(std::span<const std::byte> front, bool) noexcept {
    constexpr std::byte kHeader{0xAA};
    if (front[0] != kHeader || (front.size() > 1 && front[1] != kHeader)) return FrameMatch::none();
    if (front.size() < kFrameBytes) return FrameMatch::more();
    unsigned sum = 0;
    for (std::size_t i = 2; i + 1 < kFrameBytes; ++i) sum += static_cast<unsigned>(front[i]);
    return sum % 256 == static_cast<unsigned>(front[kFrameBytes - 1]) ? FrameMatch::frame(kFrameBytes) : FrameMatch::none();
}

Frame decode_frame(std::span<const std::byte> bytes) noexcept {
    Frame frame{.number = static_cast<std::uint8_t>(bytes[2])};
    for (std::size_t i = 0; i < 3; ++i) {
        frame.angles[i] = signed_le<2>(bytes, 3 + 2 * i);
        frame.acceleration[i] = signed_le<2>(bytes, 9 + 2 * i);
    }
    return frame;
}

}  // namespace tonus::rvc
