#pragma once

namespace tonus {

/// Bends a Gaussian value of unit variance into one of a mixture, two thirds Gaussian and one
/// third Laplace, of unit variance and a kurtosis of 4 in place of 3. Bending each value keeps the
/// spectrum but for a few percent; drawing each from the mixture would make part of it white.
///
/// Source  domain 11.1 (Laplacian-mixed, for stress tests).
double with_heavy_tails(double gaussian) noexcept;

}  // namespace tonus
