#pragma once

namespace tonus {

/// How exact an RMS can be: EMG at constant effort is noise, and a window holds only so many
/// independent pieces of it. No estimator without more bandwidth, more channels or prior
/// knowledge does better, so what is printed beside a value comes from here.
///
/// Input      bandwidth_hz, the statistical bandwidth B_s = (integral of S)^2 / integral of S^2
///            of the conditioned signal (BandwidthMeter measures it; the model at 1 kHz has 160),
///            and the seconds of valid data in the window.
/// Errors     Error unless both are finite and above 0.
/// Source     domain 3.1.
double degrees_of_freedom(double bandwidth_hz, double window_s);

/// Standard deviation of the RMS over its mean: 0.079 for 160 Hz and 250 ms.
double rms_relative_sd(double bandwidth_hz, double window_s);

/// Mean error of the RMS over the truth; below 0, because a root bends downwards.
double rms_relative_bias(double bandwidth_hz, double window_s);

/// What a measured RMS is multiplied with, to get the ends of an interval for the true sigma.
struct SigmaFactors {
    double low = 1.0;
    double high = 1.0;
};

/// @param degrees_of_freedom  above 0, not necessarily whole
/// @param confidence          of the interval, inside (0, 1)
SigmaFactors sigma_factors(double degrees_of_freedom, double confidence = 0.95);

/// The value that a chi-square variable stays below with this probability.
double chi_square_quantile(double probability, double degrees_of_freedom);

/// P(a, x), the regularised lower incomplete gamma function: the probability that a chi-square
/// variable with 2a degrees of freedom stays below 2x. For a > 0, x >= 0.
double gamma_p(double a, double x) noexcept;

}  // namespace tonus
