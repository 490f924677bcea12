#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::ximu3 {

inline constexpr std::size_t kMessageBytesMax = 1024;

/// A message up to and with its line feed; in binary ones that byte does not occur otherwise.
FrameMatch match_message(std::span<const std::byte> front, bool in_step) noexcept;

/// One sample of gyroscope and accelerometer.
struct Inertial {
    std::uint64_t time_us = 0;           ///< of the device
    std::array<float, 3> gyro_deg_s{};
    std::array<float, 3> acceleration_g{};
};

/// An inertial message, in either form; nothing for any other, and for one that is damaged.
std::optional<Inertial> decode_inertial(std::span<const std::byte> message) noexcept;

/// The text of a command's answer; nothing when the message is data.
std::optional<std::string> decode_answer(std::span<const std::byte> message);

}  // namespace tonus::ximu3
