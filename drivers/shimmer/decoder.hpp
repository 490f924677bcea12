#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::shimmer {

inline constexpr std::size_t kPacketBytesMax = 256;

/// Channels by the numbers the inquiry gives them.
enum ChannelId : std::uint8_t {
    kAccelerationX = 0x00,
    kGyroX = 0x0A,
    kExg1Status = 0x1D,
    kExg1Channel1 = 0x1E,
    kExg1Channel2 = 0x1F,
};

/// Answer to the inquiry: what a packet will hold.
struct Layout {
    std::uint16_t divider = 0;  ///< of 32768 Hz
    std::vector<std::uint8_t> channels = {};
    bool has_crc = false;

    std::size_t packet_bytes() const noexcept;  ///< with the CRC, if it has one
};

/// The inquiry's reply from its opcode on. Nothing when it is cut, has a channel whose width is not
/// known, or packets that hold several samples.
std::optional<Layout> decode_inquiry(std::span<const std::byte> reply);

/// CRC-16 of the protocol: polynomial 1021, begun with B0CA, over an even number of bytes.
std::uint16_t crc16(std::span<const std::byte> bytes) noexcept;

/// What stands at the front of the stream: a packet (00), a status message (8A 71 xx) or an
/// acknowledgement (FF) that was not asked for.
FrameMatch match_packet(std::span<const std::byte> front, bool in_step, const Layout& layout) noexcept;

inline bool is_packet(std::span<const std::byte> frame) noexcept { return frame[0] == std::byte{0}; }

/// Of a packet.
std::uint32_t ticks_of(std::span<const std::byte> packet) noexcept;  ///< 24 bits of 1/32768 s
std::optional<std::int32_t> value_of(std::span<const std::byte> packet, const Layout& layout, std::uint8_t channel) noexcept;

/// How raw counts of three axes become a quantity: which raw axis each of ours is, with its sign.
struct Calibration {
    std::array<double, 3> offset{}, sensitivity{};  ///< of the raw axes
    std::array<std::size_t, 3> raw_axis{};          ///< of x, y, z
    std::array<double, 3> sign{};
};

/// A block of 21 bytes of the calibration reply; nothing when none is stored (all FF) or it makes no
/// sense. The alignment is taken to the nearest of whole axes.
/// @param sensitivity_scale  100 for the gyro
std::optional<Calibration> decode_calibration(std::span<const std::byte> block, double sensitivity_scale) noexcept;

}  // namespace tonus::shimmer
