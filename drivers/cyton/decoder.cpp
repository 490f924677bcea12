#include "drivers/cyton/decoder.hpp"

#include <algorithm>

#include "drivers/driver/byte_order.hpp"

namespace tonus::cyton {
namespace {

constexpr std::byte kHeader{0xA0}, kFirstFooter{0xC0}, kLastFooter{0xC6};
constexpr std::size_t kCountsAt = 2, kAuxiliaryAt = 26, kFooterAt = 32;

}  // namespace

bool Packet::has_acceleration() const noexcept {
    return footer == 0xC0 && std::any_of(auxiliary.begin(), auxiliary.end(), [](std::byte b) { return b != std::byte{0}; });
}

std::array<std::int32_t, 3> Packet::acceleration() const noexcept {
    return {signed_be<2>(auxiliary, 0), signed_be<2>(auxiliary, 2), signed_be<2>(auxiliary, 4)};
}

FrameMatch match_packet(std::span<const std::byte> front, bool in_step) noexcept {
    if (front[0] != kHeader) return FrameMatch::none();
    if (front.size() <= kFooterAt) return FrameMatch::more();
    if (front[kFooterAt] < kFirstFooter || front[kFooterAt] > kLastFooter) return FrameMatch::none();
    if (in_step) return FrameMatch::frame(kPacketBytes);
    if (front.size() == kPacketBytes) return FrameMatch::more();
    return front[kPacketBytes] == kHeader ? FrameMatch::frame(kPacketBytes) : FrameMatch::none();
}

Packet decode_packet(std::span<const std::byte> bytes) noexcept {
    Packet packet{.number = static_cast<std::uint8_t>(bytes[1]), .footer = static_cast<std::uint8_t>(bytes[kFooterAt])};
    for (std::size_t ch = 0; ch < kChannels; ++ch) packet.counts[ch] = signed_be<3>(bytes, kCountsAt + 3 * ch);
    std::copy_n(bytes.begin() + kAuxiliaryAt, packet.auxiliary.size(), packet.auxiliary.begin());
    return packet;
}

}  // namespace tonus::cyton
