#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/formats/byte_view.hpp"
#include "engine/formats/signal.hpp"

namespace tonus::formats {

/// How a channel of a Shimmer lies in a sample.
enum class ShimmerNumber { u8, u16, i16, u16_swapped, i16_swapped, u24_swapped, i24_swapped };

/// A channel that is read, and where it is in a sample.
struct ShimmerChannel {
    Signal signal = {};
    ShimmerNumber number = ShimmerNumber::u16;
    std::size_t at = 0;  ///< bytes from the sample's beginning
};

struct ShimmerLayout {
    std::vector<ShimmerChannel> channels = {};
    std::size_t sample_bytes = 3;             ///< with the clock of three bytes in front
    std::vector<std::string> notes = {};
    std::string unknown = {};                 ///< a sensor whose width is not known; then nothing else counts
};

/// What a sample holds, by the head of a log: sensors, gains, calibration.
ShimmerLayout shimmer_layout(const ByteView& head);

/// A channel's value in a sample that is whole.
std::int32_t shimmer_value(const ByteView& sample, const ShimmerChannel& channel) noexcept;

}  // namespace tonus::formats
