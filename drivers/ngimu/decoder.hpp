#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "drivers/driver/frame_finder.hpp"

namespace tonus::ngimu {

inline constexpr std::size_t kPacketBytesMax = 1024;

/// A packet between two C0 bytes, which is how OSC goes over a serial line (SLIP). Two ends in a row
/// are an empty packet.
FrameMatch match_packet(std::span<const std::byte> front, bool in_step) noexcept;

/// What a /sensors message holds.
struct Sensors {
    std::uint64_t time_tag = 0;  ///< 2^-32 s since 1900, of its bundle
    std::array<float, 3> gyro_deg_s{};
    std::array<float, 3> acceleration_g{};
};

/// The /sensors message of a packet as it came, stuffing and end included; nothing for any other,
/// for one without a time, and for one that is damaged.
std::optional<Sensors> decode_sensors(std::span<const std::byte> packet) noexcept;

}  // namespace tonus::ngimu
