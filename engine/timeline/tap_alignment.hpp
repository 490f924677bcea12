#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tonus {

/// How suddenly a stream changes, sample by sample: what a tap on the sensor, or a jump, stands out in.
struct TapSignal {
    double start_s = 0.0;  ///< of the first sample, on the clock both streams share
    double rate_hz = 0.0;
    std::vector<double> strength = {};  ///< the sum of its channels' steps since the sample before, in any unit
};

/// When each tap began. Those closer than 0.25 s are one. Empty when nothing stands out: a tap is twelve
/// times the usual spread above the usual step, and a fifth of the strongest at least.
std::vector<double> find_taps(const TapSignal& signal);

/// By how much one stream is later than another.
struct TapAlignment {
    double later_s = 0.0;        ///< > 0: the second stream shows the same tap later
    double uncertainty_s = 0.0;  ///< standard error of it
    std::size_t n_matched = 0;
};

/// Finds the constant delay that most pairs of taps agree on, to 15 ms. Throws Error, saying how to
/// tap, when that is not clear: fewer than three pairs, less than 60 % of the taps of the stream that
/// has fewer, or another delay that half as many agree on, as with taps at an even pace.
///
/// @param later_s_max  the delay is within this, either way
/// Source  domain 9.11.
TapAlignment align_taps(std::span<const double> first_s, std::span<const double> second_s, double later_s_max = 1.0);

}  // namespace tonus
