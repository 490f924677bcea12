#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/conditioner.hpp"
#include "engine/condition/vibration_comb.hpp"
#include "engine/core/block.hpp"

namespace tonus {

/// The offline twins of the filters of a chain: forward, then backward, so that nothing is delayed
/// and nothing is shifted. They see the future, so they belong to recordings only: a zero-phase
/// figure must never be reported as real time (domain 13, 10).
///
/// Threads    any: there is no state. They allocate.
/// Source     domain 2.2, "Offline form".

/// The sections of a profile for two passes: at the corners of the causal filter, both passes
/// together are 3 dB down too. The corners are moved in the warped frequency of the bilinear
/// transform: there the factor of domain 2.2 is exact, and 450 Hz stays legal at 1000 Hz.
/// Throws Error for a rate under 100 Hz, as the causal form does.
std::vector<Section> zero_phase_sections(Profile profile, double rate_hz);

/// A notch of which two passes are as wide as one pass of notch().
Section zero_phase_notch(double f0_hz, double q, double rate_hz);

/// The comb against vibration, for two passes that together are as wide as one of VibrationComb.
struct ZeroPhaseComb {
    std::vector<Section> sections;  ///< none for a frequency outside of its range
    double rms_kept = 1.0;          ///< of the RMS of EMG of the model spectrum
    std::size_t n_pad = 0;          ///< samples in which its ringing is over
};
ZeroPhaseComb zero_phase_comb(double f_hz, const VibrationCombConfig& config);

/// The design of both, for channel_sections().
extern const FilterDesign kTwoPasses;

/// Domain 2.2: three periods of the profile's high-pass.
std::size_t zero_phase_padding(Profile profile, double rate_hz);

/// Filters a whole signal in place, all sections forward, then all backward. Both ends are
/// continued by `n_pad` samples of odd reflection, and each pass begins in the steady state of its
/// first sample. A signal shorter than the padding is continued by what it has.
void filter_zero_phase(std::span<double> signal, std::span<const Section> sections, std::size_t n_pad);

/// The same with the padding of scipy's sosfiltfilt.
void filter_zero_phase(std::span<double> signal, std::span<const Section> sections);

/// What stands in for a value there, and is none: the last good one.
inline constexpr std::uint8_t kHoleFlags = sample_flag::gap | sample_flag::lead_off | sample_flag::not_finite;

struct StretchConfig {
    std::size_t n_hole_max = 0;  ///< a longer hole (100 ms) ends a stretch
    std::size_t n_pad = 0;
};

/// Filters every stretch of valid signal on its own. Over shorter holes the filters run on, over
/// what stands in there; in longer ones the signal becomes 0.
void filter_stretches(std::span<double> signal, std::span<const std::uint8_t> flags,
                      std::span<const Section> sections, const StretchConfig& config);

}  // namespace tonus
