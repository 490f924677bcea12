#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tonus {

/// Levels a half octave apart, in counts of which a median is found: 1, 1.5, 2, 3, 4 ...
inline constexpr std::array<float, 20> kSpikeLevels{1, 1.5f, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768};

/// The largest magnitude of each lane in these frames, into `peak`. True when one is above its lane's threshold.
/// Same to the bit on every instruction set, as are the counts.
bool find_peaks(const float* samples, std::size_t n_lanes, std::size_t n_frames, const float* threshold, float* peak) noexcept;

/// Counts the lanes of one frame without another flag than `spike` in row 0 of `counts`, and in row 1 + k those whose
/// magnitude times `per_unit` is above level k. Rows are n_lanes long.
void count_levels(const float* frame, const std::uint8_t* flags, std::size_t n_lanes, const float* per_unit, std::int16_t* counts) noexcept;

}  // namespace tonus
