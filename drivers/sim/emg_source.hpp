#pragma once

#include <cstdint>

#include "engine/core/random.hpp"
#include "engine/core/emg_shape.hpp"

namespace tonus {

/// The signal of one muscle at full contraction with an RMS of one.
///
/// Fatigue lowers its spectrum and raises its amplitude: every half second a new filter fades in
/// while the old one fades out, both fed with the same noise (domain 11.3).
class EmgSource {
public:
    /// @param heavy_tails  kurtosis 4 in place of a Gaussian's 3
    EmgSource(double sample_rate_hz, double fatigue_per_s, Random random, bool heavy_tails = false);

    double next() noexcept;

private:
    void start_fade();
    double tailed(double x) const noexcept;

    double sample_rate_hz_;
    double fatigue_per_s_;
    bool heavy_tails_;
    Random random_;
    EmgShapeFilter old_;
    EmgShapeFilter new_;
    std::uint64_t fade_frames_;
    std::uint64_t frame_ = 0;
};

}  // namespace tonus
