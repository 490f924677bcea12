#pragma once

#include <array>
#include <cstddef>

#include "engine/core/random.hpp"

namespace tonus {

/// Hum of the mains with harmonics, its frequency wandering a little.
/// Source  domain 11.5.
class MainsHum {
public:
    MainsHum(double nominal_hz, double amplitude_uv, double sample_rate_hz, Random random) noexcept;

    double next_uv() noexcept;

private:
    double nominal_hz_, amplitude_uv_, sample_rate_hz_;
    double off_hz_ = 0.03;
    double phase_ = 0.0;  ///< in turns
    std::array<double, 4> harmonic_phase_{};
    Random random_;
};

/// Spikes that decay, as a knocked electrode or a pulled cable gives.
/// Source  domain 11.5.
class Spikes {
public:
    Spikes(double per_s, double sample_rate_hz, Random random) noexcept;

    double next_uv() noexcept;

private:
    double chance_, sample_rate_hz_;
    double value_uv_ = 0.0, decay_ = 0.0;
    Random random_;
};

}  // namespace tonus
