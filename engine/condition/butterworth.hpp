#pragma once

#include <complex>
#include <span>
#include <vector>

namespace tonus {

/// One second-order section, a0 = 1: y = b0 x + b1 x1 + b2 x2 - a1 y1 - a2 y2.
struct Section {
    double b0 = 1.0, b1 = 0.0, b2 = 0.0, a1 = 0.0, a2 = 0.0;
};

/// Digital Butterworth filters by the bilinear transform, as cascades in the order and pairing of
/// scipy's butter(..., output='sos'): poles nearest the unit circle last, zeros by the nearest
/// pole, all gain in the first section.
///
/// Errors     Error unless 1 <= order <= 16 and 0 < edges < rate / 2 in rising order.
/// Source     domain 2.2; golden rows G1 to G11.
std::vector<Section> butterworth_low_pass(int order, double cutoff_hz, double rate_hz);
std::vector<Section> butterworth_high_pass(int order, double cutoff_hz, double rate_hz);

/// @param order  of the prototype: a band-pass of order 2 has four poles
std::vector<Section> butterworth_band_pass(int order, double low_hz, double high_hz, double rate_hz);

/// A notch of 3-dB width f0 / q (scipy's iirnotch). It rings for q / (pi f0) seconds: domain 2.3
/// says when it is good enough.
Section notch(double f0_hz, double q, double rate_hz);

std::complex<double> response(std::span<const Section> sections, double f_hz, double rate_hz);
double group_delay_s(std::span<const Section> sections, double f_hz, double rate_hz);

/// What a cutoff is divided by (low-pass) or multiplied with (high-pass), so that two passes of
/// a filter of this order are 3 dB down there (domain 2.2, offline form).
double dual_pass_factor(int order);

}  // namespace tonus
