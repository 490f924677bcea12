#pragma once

#include <array>

#include "engine/core/random.hpp"

namespace tonus {

/// One beat as electrodes see it: sum of Gaussians around the R peak, whose height is one.
/// Source  domain 11.4 (G-ECG).
double ecg_template(double t_s) noexcept;

/// Beats one after another, with jitter of interval and height, and breathing.
class Heart {
public:
    Heart(double rate_bpm, Random random) noexcept;

    /// The heart's signal relative to its R peak. Times may only rise.
    double at(double t_s) noexcept;

private:
    struct Beat {
        double r_s = 0.0;
        double height = 1.0;
    };
    void next_beat() noexcept;

    double rate_bpm_;
    Random random_;
    std::array<Beat, 4> beats_;  ///< the newest last: two may still sound, one is to come
};

}  // namespace tonus
