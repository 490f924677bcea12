#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::witmotion {

inline constexpr std::size_t kFrameBytes = 11;

/// What a frame holds; each sample is a group of such frames, in rising order.
enum class Type : std::uint8_t { time = 0x50, acceleration = 0x51, angular_rate = 0x52, quaternion = 0x59 };

/// 55, type, four words of 16 bits little-endian, sum of all before.
FrameMatch match_frame(std::span<const std::byte> front, bool in_step) noexcept;

/// Of a frame that matches.
Type type_of(std::span<const std::byte> frame) noexcept;
std::array<std::int32_t, 4> words_of(std::span<const std::byte> frame) noexcept;

inline constexpr std::uint64_t kMillisecondsPerDay = 86'400'000;

/// Of a time frame: milliseconds since midnight of the device's clock.
std::uint64_t milliseconds_of(std::span<const std::byte> frame) noexcept;

/// A register is written by FF AA register low high.
std::array<std::uint8_t, 5> write_register(std::uint8_t address, std::uint16_t value) noexcept;

}  // namespace tonus::witmotion
