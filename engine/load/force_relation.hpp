#pragma once

#include <cmath>

namespace tonus {

/// The EMG, as a fraction of its maximum, that goes with a force as a fraction of its maximum:
/// EMG = F^p. A third of the highest tension is a third of the EMG only when p is 1; back extensors
/// are reported between linear and mildly quadratic. The flag assumes p = 1 and must say so.
///
/// Source  domain 6.1.
inline double emg_of_force(double force_fraction, double exponent = 1.0) noexcept {
    return std::pow(force_fraction, exponent);
}

}  // namespace tonus
