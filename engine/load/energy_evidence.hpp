#pragma once

#include <cmath>

namespace tonus {

/// How much an energy speaks for one level of EMG against another: the logarithm of the
/// likelihood ratio of two Gaussian noises.
///
/// Neighbouring samples of EMG are alike, so n of them count for 2 B_s / fs times n.
///
/// Source     domain 6.4.
class EnergyEvidence {
public:
    /// As RMS, in the unit whose square the energies have; 0 < low < high.
    struct Levels {
        double low, high;
    };

    /// @param weight  kappa = 2 B_s / fs: independent values per sample
    EnergyEvidence(Levels levels, double weight) noexcept {
        const double r = (levels.high / levels.low) * (levels.high / levels.low);
        per_energy_ = weight * (1.0 - 1.0 / r) / (2.0 * levels.low * levels.low);
        per_sample_ = weight * 0.5 * std::log(r);
    }

    /// Positive for the high level, negative for the low one.
    double of(double energy, double n_samples) const noexcept {
        return per_energy_ * energy - per_sample_ * n_samples;
    }

    /// The RMS that speaks for neither: sigma0 sqrt(r ln r / (r - 1)).
    double neutral_level() const noexcept { return std::sqrt(per_sample_ / per_energy_); }

private:
    double per_energy_ = 0.0;
    double per_sample_ = 0.0;
};

}  // namespace tonus
