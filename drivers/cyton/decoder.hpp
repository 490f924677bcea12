#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::cyton {

inline constexpr std::size_t kPacketBytes = 33;
inline constexpr std::size_t kChannels = 8;  ///< of one packet; a Daisy's 16 come in two

/// The number a packet from a board that is too new for its dongle always has: its bytes are
/// shifted by one, and this is the board's own first byte (OpenBCI_Cyton_Library issue 87).
inline constexpr std::uint8_t kShiftedNumber = 0x41;

/// A packet of the Cyton.
struct Packet {
    std::uint8_t number = 0;  ///< 0..255, and again
    std::array<std::int32_t, kChannels> counts{};
    std::uint8_t footer = 0;  ///< C0..C6: what the auxiliary bytes are
    std::array<std::byte, 6> auxiliary{};

    /// Of footer C0. All zero is "no new value", not "0 g".
    bool has_acceleration() const noexcept;
    std::array<std::int32_t, 3> acceleration() const noexcept;
};

/// What stands at the front of a byte stream. There is no checksum: first byte and footer must
/// agree, and after anything skipped the byte after the packet must begin another.
FrameMatch match_packet(std::span<const std::byte> front, bool in_step) noexcept;

/// @param bytes  33, that match
Packet decode_packet(std::span<const std::byte> bytes) noexcept;

}  // namespace tonus::cyton
