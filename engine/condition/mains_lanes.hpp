#pragma once

#include <complex>
#include <cstddef>

namespace tonus {

// What MainsSpectra does to every channel after its transforms: channels are the lanes of registers. Results differ
// between instruction sets by rounding. Nothing allocates, locks, throws or calls the system.

/// Rows of lanes, one for each bin.
struct MainsBins {
    float* re;
    float* im;
};

/// Both signs of each bin from 0 Hz up come from the same four sums: `cosines` and `sines` hold n_up rows of the
/// real part, then n_up of the imaginary one. `zero` is the row of 0 Hz; each bin is turned forward by its turn.
void unfold_bins(const float* cosines, const float* sines, const std::complex<float>* turns, std::size_t n_up, std::size_t n_lanes,
                 MainsBins zero) noexcept;

/// Adds the power of a window of two halves to as many rows on either side of 0 Hz, times a weight of each lane.
/// Hann's window is taken in the transform: half a bin less a quarter of each neighbour, where the second half
/// counts from its own beginning, so odd bins change their sign.
void add_window_power(MainsBins first_zero, MainsBins second_zero, const float* weight, int n_beside, std::size_t n_lanes, float* power_zero) noexcept;

}  // namespace tonus
