#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tonus::otb {

/// How the channels lie in one time step. The steps follow each other without a head or a checksum:
/// a width that is wrong turns the channels round without a word, and only the counter tells.
struct Layout {
    std::size_t n_bio = 0;
    std::size_t n_auxiliary = 0;      ///< after them
    bool has_quaternion = false;      ///< w x y z, after those
    std::size_t n_accessory = 2;      ///< at the end, the counter among them
    std::size_t counter_from_end = 1; ///< 1: the last channel
    std::size_t trigger_from_end = 2;
    std::size_t sample_bytes = 2;
    bool big_endian = true;

    std::size_t n_channels() const noexcept { return n_bio + n_auxiliary + (has_quaternion ? 4 : 0) + n_accessory; }
    std::size_t step_bytes() const noexcept { return n_channels() * sample_bytes; }
};

/// So many steps are looked at, and in so many of them the counter must rise by one: a step may be lost.
inline constexpr std::size_t kStepsToTrust = 33, kRisesToTrust = 24;

std::int32_t value_at(std::span<const std::byte> step, const Layout& layout, std::size_t channel) noexcept;
std::uint16_t counter_of(std::span<const std::byte> step, const Layout& layout) noexcept;

/// The first layout whose counter counts; nothing when there is none, or too few bytes.
std::optional<Layout> find_layout(std::span<const std::byte> bytes, std::span<const Layout> candidates) noexcept;

/// CRC of 8 bits as Dallas' one-wire devices have it.
std::uint8_t crc8(std::span<const std::uint8_t> bytes) noexcept;

/// The 40 bytes that set a Quattrocento.
/// @param acquisition    ACQ_SETT: rate, number of channels, on or off
/// @param analog_output  gain and source of the analogue output
/// @param input_setup    side, filters and mode, of every input alike
std::array<std::uint8_t, 40> quattrocento_command(std::uint8_t acquisition, std::uint8_t analog_output, std::uint8_t input_setup) noexcept;

}  // namespace tonus::otb
