#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::trigno {

inline constexpr std::size_t kSlots = 16;          ///< of a step, whether a sensor is in them or not
inline constexpr std::size_t kAuxiliaryFloats = 9; ///< of one slot
inline constexpr std::size_t kEmgStepBytes = 4 * kSlots;
inline constexpr std::size_t kAuxiliaryStepBytes = 4 * kSlots * kAuxiliaryFloats;

/// A step of a data port: bare floats, without a head, a number or a checksum. TCP keeps them in order.
inline FrameMatch match_step(std::span<const std::byte> front, std::size_t step_bytes) noexcept {
    return front.size() < step_bytes ? FrameMatch::more() : FrameMatch::frame(step_bytes);
}

/// The float at this place of a step, counted from 0.
float float_at(std::span<const std::byte> step, std::size_t place) noexcept;

/// A command as it goes over the wire.
std::string framed(std::string_view command);

/// A reply without the line ends around it: servers add one here and there.
std::string_view stripped(std::string_view reply) noexcept;

/// What an auxiliary channel measures, by the unit the server states for it.
enum class Quantity { acceleration, angular_rate, magnetic, other };
Quantity quantity_of(std::string_view unit) noexcept;

}  // namespace tonus::trigno
