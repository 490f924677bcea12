#pragma once

#include "engine/normalise/mvc_reference.hpp"

namespace tonus {

/// How far the mean of the two best of three trials lies above the true level of a perfectly
/// constant plateau, as a fraction: the largest of many noisy windows overestimates.
/// @param window_s   0.05 to 2, of the RMS whose maximum is taken
/// @param plateau_s  length of the hold; 3 to 5 are tabled, others take the nearest
/// Source     domain 4.3, last column; interpolated in log(window), scaled by 1/sqrt(bandwidth).
double mvc_bias(double window_s, double plateau_s, double bandwidth_hz = kBandwidthHz);

}  // namespace tonus
