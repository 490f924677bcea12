#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/core/block.hpp"

namespace tonus {

/// How a beat lies in a stretch of signal, in frames.
struct BeatWindow {
    std::size_t n_half = 0;   ///< on either side of R
    std::size_t n_qrs = 0;    ///< the same, of the QRS
    std::size_t n_shift = 0;  ///< by which a beat may lie aside
    std::size_t n_apart = 1;  ///< of which one is taken to find it

    std::size_t n_beat() const noexcept { return 2 * n_half + 1; }
    std::size_t n_outside() const noexcept { return n_half - n_qrs; }  ///< before the QRS, and as many after it
    std::size_t n_shifts() const noexcept { return 2 * n_shift + 1; }
    std::size_t n_stretch() const noexcept { return n_beat() + 2 * n_shift; }
    /// Rows of memory of a stretch: some more are read, and what is read there changes nothing.
    std::size_t n_rows() const noexcept { return n_stretch() + std::max<std::size_t>(8, std::bit_ceil(n_shifts())); }
};

/// What a beat is like in kLanes channels. Parts: before the QRS, in it, after it.
struct BeatFit {
    template <class T>
    using Lanes = std::array<T, kLanes>;
    Lanes<float> muscle_uv2{};                    ///< mean square outside of the QRS, unshifted
    Lanes<std::int32_t> shift{};                  ///< the row in which the beat begins
    std::size_t first = 0;                        ///< the least of these, once aligned
    std::array<Lanes<float>, 3> product{};        ///< sums of signal times mean beat
    std::array<Lanes<float>, 3> mean_square{};    ///< sums of squares of the mean beat
    Lanes<float> square{};                        ///< of the signal, over all parts
    std::array<Lanes<float>, 3> gain{};           ///< of the mean beat, to be subtracted
    Lanes<float> forget{};                        ///< share of this beat in the mean from now on
};

// A stretch and a mean beat are rows of kLanes channels, so that both stay in the first-level cache. In float, row after row: between instruction sets sums
// differ by rounding, by under 1e-5 of their terms' sizes. Nothing here allocates, locks, throws or calls the system.

/// Finds muscle_uv2, and the shift with the largest product / (colour * muscle_uv2) - penalty[shift].
void find_shifts(const BeatWindow& window, const float* stretch, const float* mean, const float* penalty, float colour, BeatFit& fit) noexcept;

/// Moves each channel up to the least of the shifts: from row fit.first on all hold the beat. Finds products and squares.
void align_and_fit(const BeatWindow& window, float* stretch, const float* mean, BeatFit& fit) noexcept;

/// What is to be subtracted from the stretch as it was before it was aligned: the mean beat times its gains, 0 elsewhere.
void scale_beat(const BeatWindow& window, const float* mean, const BeatFit& fit, float* heart) noexcept;

/// The mean moves towards the aligned stretch.
void learn_beat(const BeatWindow& window, const float* stretch, const BeatFit& fit, float* mean) noexcept;

}  // namespace tonus
