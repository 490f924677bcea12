#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::xsens {

/// Longest message that is believed; a false beginning in noise is waited for no longer than this.
inline constexpr std::size_t kMessageBytesMax = 1024;

enum class Id : std::uint8_t {
    request_device_id = 0x00,
    device_id = 0x01,
    go_to_measurement = 0x10,
    go_to_config = 0x30,
    data = 0x36,
    wake_up = 0x3E,
    error = 0x42,
    set_output = 0xC0,
};

/// What acknowledges a request.
constexpr Id acknowledge_of(Id request) noexcept { return static_cast<Id>(static_cast<std::uint8_t>(request) + 1); }

/// A message FA FF id length data sum, with a length of two bytes where it is over 254.
FrameMatch match_message(std::span<const std::byte> front, bool in_step) noexcept;

/// Of a message that matches.
Id id_of(std::span<const std::byte> message) noexcept;
std::span<const std::byte> payload_of(std::span<const std::byte> message) noexcept;

std::vector<std::byte> make_message(Id id, std::span<const std::uint8_t> payload = {});

/// What an MTData2 message holds of what we ask for; the rest of it is skipped.
struct Measurement {
    std::optional<std::uint16_t> counter = {};                 ///< 0..65535, and again
    std::optional<std::uint32_t> time_100us = {};              ///< of the device
    std::optional<std::array<float, 4>> quaternion = {};       ///< w x y z
    std::optional<std::array<float, 3>> acceleration = {};     ///< m/s^2
    std::optional<std::array<float, 3>> angular_rate = {};     ///< rad/s
    bool whole = true;                                         ///< false: the items do not fill the payload
};
Measurement decode_measurement(std::span<const std::byte> payload) noexcept;

}  // namespace tonus::xsens
