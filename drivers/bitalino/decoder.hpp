#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::bitalino {

inline constexpr std::size_t kChannelsMax = 6;
inline constexpr std::size_t kWideChannels = 4;  ///< of 10 bits; those after them have 6

/// Bytes of a frame with so many channels, 1 to 6.
std::size_t frame_bytes(std::size_t n_channels) noexcept;

/// After anything skipped, so many consecutive frames must follow: a checksum of 4 bits passes one
/// in 16 by chance.
inline constexpr std::size_t kFramesToTrust = 3;

struct Frame {
    std::uint8_t number = 0;                          ///< 0..15, and again
    std::array<std::int32_t, kChannelsMax> counts{};  ///< in the order of the inputs
    std::array<std::int32_t, 4> digital{};            ///< I1 I2 O1 O2
};

/// What stands at the front of a stream of frames with so many channels.
FrameMatch match_frame(std::span<const std::byte> front, bool in_step, std::size_t n_channels) noexcept;

/// @param bytes  of one frame, that match
Frame decode_frame(std::span<const std::byte> bytes, std::size_t n_channels) noexcept;

}  // namespace tonus::bitalino
