#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/core/aligned.hpp"

namespace tonus {

/// Frames with their padding and flags, `stride` apart.
template <class T>
struct FlaggedFrames {
    const T* samples;
    const std::uint8_t* flags;
    std::size_t stride;
    std::size_t n_frames;
};

/// Adds the squares of each channel's valid samples to `square`, in double and frame after frame: so the
/// sums are the same to the bit on every instruction set and for every cut. `square` has `stride` lanes.
/// Returns whether any sample was flagged.
bool add_squares(const FlaggedFrames<float>& frames, double* square) noexcept;
bool add_squares(const FlaggedFrames<double>& frames, double* square) noexcept;

/// And their fourth powers, for the kurtosis.
bool add_squares_and_fourths(const FlaggedFrames<float>& frames, double* square, double* fourth) noexcept;

/// Adds the frames to `sum`, whatever their flags, in float and frame after frame.
void add_samples(const FlaggedFrames<float>& frames, float* sum) noexcept;

/// Whether any of the kLanes channels from `flags` on has a flag in these frames.
bool any_flagged(const std::uint8_t* flags, std::size_t stride, std::size_t n_frames) noexcept;

}  // namespace tonus
