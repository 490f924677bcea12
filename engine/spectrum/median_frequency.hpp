#pragma once

#include <span>

namespace tonus {

/// Two descriptions of where the power of a band lies.
struct BandFrequency {
    float mdf_hz = 0.0f;  ///< splits the band's power in half, interpolated inside the bin
    float mnf_hz = 0.0f;  ///< power-weighted mean
    double power = 0.0;   ///< of the band, in the units of what was given
    bool valid = false;   ///< there is power in the band
};

/// @param power   |X_k|^2, k = 0 .. n/2
/// @param bin_hz  spacing of the bins; bin k covers bin_hz (k - 1/2) to bin_hz (k + 1/2)
/// Source         domain 8.1.
BandFrequency band_frequency(std::span<const float> power, double bin_hz, double low_hz, double high_hz) noexcept;

}  // namespace tonus
