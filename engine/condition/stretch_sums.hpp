#pragma once

#include <cstddef>

namespace tonus {

/// How two stretches of the same length go together.
struct StretchSums {
    double product = 0.0;   ///< sum of a times b
    double a_square = 0.0;
    double b_square = 0.0;
};

/// In float, as many sums at once as a register has lanes: a thousand samples keep six digits.
double sum_of_products(const float* a, const float* b, std::size_t n) noexcept;
StretchSums stretch_sums(const float* a, const float* b, std::size_t n) noexcept;

}  // namespace tonus
