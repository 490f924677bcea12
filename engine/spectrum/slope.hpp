#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace tonus {

/// A straight line through points of equal weight, y = at_zero + per_s t.
struct Slope {
    double per_s = 0.0;
    double se_per_s = 0.0;  ///< standard error of per_s, from what the line leaves over
    double at_zero = 0.0;
};

/// Both: nothing for fewer than three points or points of one time only. Set-up and reports: they allocate.
std::optional<Slope> least_squares(std::span<const double> t_s, std::span<const double> y);

/// The median of the slopes between any two points: a fifth of the points may be anything. Its standard
/// error is that of least squares over the root of 0.955, its efficiency under a normal spread, with the
/// spread taken from the median deviation.
std::optional<Slope> theil_sen(std::span<const double> t_s, std::span<const double> y);

}  // namespace tonus
