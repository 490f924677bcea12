#include "drivers/shimmer/decoder.hpp"

#include <algorithm>
#include <cmath>

#include "drivers/driver/byte_order.hpp"

namespace tonus::shimmer {
namespace {

constexpr std::size_t kHeadBytes = 4, kCrcBytes = 2;
constexpr std::byte kData{0x00}, kAcknowledge{0xFF}, kInStream{0x8A}, kStatus{0x71};

/// How a channel lies in a packet.
struct Width {
    std::size_t n_bytes;
    bool is_signed, big_endian;
};

std::optional<Width> width_of(std::uint8_t id) noexcept {
    if (id <= 0x03 || (id >= 0x0D && id <= 0x13) || id == 0x1C || id == 0x27 || id == 0x28) return Width{2, false, false};
    if (id <= 0x09 || (id >= 0x17 && id <= 0x19)) return Width{2, true, false};
    if (id <= 0x0C || (id >= 0x14 && id <= 0x16) || (id >= 0x23 && id <= 0x26)) return Width{2, true, true};
    if (id == 0x1A) return Width{2, false, true};
    if (id == 0x1B) return Width{3, false, true};
    if (id == 0x1D || id == 0x20) return Width{1, false, true};
    if (id == 0x1E || id == 0x1F || id == 0x21 || id == 0x22) return Width{3, true, true};
    return std::nullopt;
}

std::int32_t number_of(std::span<const std::byte> bytes, Width width) noexcept {
    switch (width.n_bytes) {
        case 1: return static_cast<std::int32_t>(bytes[0]);
        case 3: return width.is_signed ? signed_be<3>(bytes) : static_cast<std::int32_t>(unsigned_be<3>(bytes));
        default: break;
    }
    if (width.is_signed) return width.big_endian ? signed_be<2>(bytes) : signed_le<2>(bytes);
    return static_cast<std::int32_t>(width.big_endian ? unsigned_be<2>(bytes) : unsigned_le<2>(bytes));
}

}  // namespace

std::size_t Layout::packet_bytes() const noexcept {
    std::size_t n_bytes = kHeadBytes + (has_crc ? kCrcBytes : 0);
    for (const std::uint8_t id : channels) n_bytes += width_of(id)->n_bytes;
    return n_bytes;
}

std::optional<Layout> decode_inquiry(std::span<const std::byte> reply) {
    constexpr std::size_t kCountAt = 7, kBufferAt = 8, kChannelsAt = 9;
    if (reply.size() < kChannelsAt || reply[0] != std::byte{0x02} || reply[kBufferAt] != std::byte{1}) return std::nullopt;
    Layout layout{.divider = static_cast<std::uint16_t>(unsigned_le<2>(reply, 1))};
    const auto n_channels = static_cast<std::size_t>(reply[kCountAt]);
    if (reply.size() < kChannelsAt + n_channels || layout.divider == 0) return std::nullopt;
    for (std::size_t i = 0; i < n_channels; ++i) {
        const auto id = static_cast<std::uint8_t>(reply[kChannelsAt + i]);
        if (!width_of(id)) return std::nullopt;
        layout.channels.push_back(id);
    }
    return layout.packet_bytes() + kCrcBytes < kPacketBytesMax ? std::optional{layout} : std::nullopt;
}

std::uint16_t crc16(std::span<const std::byte> bytes) noexcept {
    unsigned crc = 0xB0CA;
    const auto shift_in = [&crc](unsigned byte) {
        crc ^= byte << 8;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1 ^ 0x1021) & 0xFFFF : crc << 1 & 0xFFFF;
    };
    for (const std::byte byte : bytes) shift_in(static_cast<unsigned>(byte));
    if (bytes.size() % 2 != 0) shift_in(0);
    return static_cast<std::uint16_t>(crc);
}

FrameMatch match_packet(std::span<const std::byte> front, bool in_step, const Layout& layout) noexcept {
    if (front[0] == kInStream) {
        if (front.size() > 1 && front[1] != kStatus) return FrameMatch::none();
        return front.size() < 3 ? FrameMatch::more() : FrameMatch::frame(3);
    }
    if (front[0] == kAcknowledge) return in_step ? FrameMatch::frame(1) : FrameMatch::none();
    if (front[0] != kData) return FrameMatch::none();
    const std::size_t n_bytes = layout.packet_bytes();
    if (front.size() < n_bytes) return FrameMatch::more();
    if (layout.has_crc) {
        const auto stated = static_cast<std::uint16_t>(unsigned_le<2>(front, n_bytes - kCrcBytes));
        return crc16(front.first(n_bytes - kCrcBytes)) == stated ? FrameMatch::frame(n_bytes) : FrameMatch::none();
    }
    if (in_step) return FrameMatch::frame(n_bytes);
    // Without a checksum the next packet must begin where this ends, one sample period later.
    if (front.size() < n_bytes + kHeadBytes) return FrameMatch::more();
    const std::uint32_t later = (ticks_of(front.subspan(n_bytes)) - ticks_of(front)) & 0xFFFFFF;
    const bool follows = front[n_bytes] == kData && later % layout.divider == 0 && later / layout.divider >= 1 && later / layout.divider <= 8;
    return follows ? FrameMatch::frame(n_bytes) : FrameMatch::none();
}

std::uint32_t ticks_of(std::span<const std::byte> packet) noexcept { return static_cast<std::uint32_t>(unsigned_le<3>(packet, 1)); }

std::optional<std::int32_t> value_of(std::span<const std::byte> packet, const Layout& layout, std::uint8_t channel) noexcept {
    std::size_t at = kHeadBytes;
    for (const std::uint8_t id : layout.channels) {
        const Width width = *width_of(id);
        if (id == channel) return number_of(packet.subspan(at), width);
        at += width.n_bytes;
    }
    return std::nullopt;
}

std::optional<Calibration> decode_calibration(std::span<const std::byte> block, double sensitivity_scale) noexcept {
    if (std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0xFF}; })) return std::nullopt;
    Calibration found;
    std::array<bool, 3> taken{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        found.offset[axis] = signed_be<2>(block, 2 * axis);
        found.sensitivity[axis] = signed_be<2>(block, 6 + 2 * axis) / sensitivity_scale;
        if (found.sensitivity[axis] == 0.0) return std::nullopt;
        // Ours = transpose of R times raw: of column `axis` of R the largest entry says which raw axis.
        int largest = 0;
        for (std::size_t raw = 0; raw < 3; ++raw) {
            const int entry = signed_be<1>(block, 12 + 3 * raw + axis);
            if (std::abs(entry) <= std::abs(largest)) continue;
            largest = entry;
            found.raw_axis[axis] = raw;
        }
        if (largest == 0 || taken[found.raw_axis[axis]]) return std::nullopt;
        taken[found.raw_axis[axis]] = true;
        found.sign[axis] = largest < 0 ? -1.0 : 1.0;
    }
    return found;
}

}  // namespace tonus::shimmer
