#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/condition/lane_kernel.hpp"

namespace tonus {

/// How a beat lies in a stretch of signal, in frames.
struct BeatWindow {
    std::size_t n_half = 0;   ///< on either side of R
    std::size_t n_qrs = 0;    ///< the same, of the QRS
    std::size_t n_shift = 0;  ///< by which a beat may lie aside

    std::size_t n_beat() const noexcept { return 2 * n_half + 1; }
    std::size_t n_outside() const noexcept { return n_half - n_qrs; }  ///< before the QRS, and as many after it
    std::size_t n_shifts() const noexcept { return 2 * n_shift + 1; }
    std::size_t n_stretch() const noexcept { return n_beat() + 2 * n_shift; }
    /// Rows of memory of a stretch: some more are read, and what is read there changes nothing.
    std::size_t n_rows() const noexcept { return n_beat() + std::max<std::size_t>(8, std::bit_ceil(n_shifts())); }
};

/// What a beat is like in the channels of a group. Parts: before the QRS, in it, after it.
struct BeatFit {
    template <class T>
    using Lanes = std::array<T, kLaneGroup>;
    Lanes<float> muscle_uv2{};                    ///< mean square outside of the QRS, unshifted
    Lanes<std::int32_t> shift{};                  ///< the row in which the beat begins
    std::array<Lanes<float>, 3> product{};        ///< sums of signal times mean beat
    std::array<Lanes<float>, 3> mean_square{};    ///< sums of squares of the mean beat
    Lanes<float> square{};                        ///< of the signal, over all parts
    std::array<Lanes<float>, 3> gain{};           ///< of the mean beat, to be subtracted
    Lanes<float> forget{};                        ///< share of this beat in the mean from now on
};

// A stretch and a mean beat are rows of kLaneGroup channels. In float, row after row: between instruction sets sums
// differ by rounding, by under 1e-5 of their terms' sizes. Nothing here allocates, locks, throws or calls the system.

/// Finds muscle_uv2, and the shift with the largest product / (colour * muscle_uv2) - penalty[shift].
void find_shifts(const BeatWindow& window, const float* stretch, const float* mean, const float* penalty, float colour, BeatFit& fit) noexcept;

/// Moves each channel up by its shift, so that the beat begins in the first row, and finds products and squares.
void align_and_fit(const BeatWindow& window, float* stretch, const float* mean, BeatFit& fit) noexcept;

/// From the aligned stretch makes what is to be subtracted from the one before it was aligned: the mean beat times its
/// gains, 0 elsewhere. Then the mean learns.
void learn_and_scale(const BeatWindow& window, float* stretch, float* mean, const BeatFit& fit) noexcept;

}  // namespace tonus
