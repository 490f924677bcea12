#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::rvc {

inline constexpr std::size_t kFrameBytes = 19;

struct Frame {
    std::uint8_t number = 0;                     ///< 0..255, and again
    std::array<std::int32_t, 3> angles{};        ///< yaw, pitch, roll; 0.01 degrees
    std::array<std::int32_t, 3> acceleration{};  ///< x y z; thousandths of g
};

/// AA AA, number, six words of 16 bits little-endian, three bytes, and the sum of what follows AA AA.
FrameMatch match_frame(std::span<const std::byte> front, bool in_step) noexcept;
Frame decode_frame(std::span<const std::byte> bytes) noexcept;

}  // namespace tonus::rvc
