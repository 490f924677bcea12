#include "engine/condition/zero_phase.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/condition/section_cascade.hpp"

namespace tonus {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kPaddingPeriods = 3.0;

double warped(double f_hz, double rate_hz) { return std::tan(kPi * f_hz / rate_hz); }
double unwarped(double w, double rate_hz) { return std::atan(w) * rate_hz / kPi; }

std::vector<Section> high_pass(int order, double f_hz, double rate_hz) {
    return butterworth_high_pass(order, unwarped(warped(f_hz, rate_hz) * dual_pass_factor(order), rate_hz), rate_hz);
}

std::vector<Section> low_pass(int order, double f_hz, double rate_hz) {
    return butterworth_low_pass(order, unwarped(warped(f_hz, rate_hz) / dual_pass_factor(order), rate_hz), rate_hz);
}

/// A Butterworth band-pass depends on its centre and its width alone: the same centre, and a width
/// larger by the factor, moves both corners by what two passes need.
std::vector<Section> band_pass(int order, double low_hz, double high_hz, double rate_hz) {
    const double low = warped(low_hz, rate_hz), high = warped(high_hz, rate_hz);
    const double half_width = 0.5 * (high - low) / dual_pass_factor(order);
    const double middle = std::sqrt(half_width * half_width + low * high);
    return butterworth_band_pass(order, unwarped(middle - half_width, rate_hz), unwarped(middle + half_width, rate_hz),
                                 rate_hz);
}

/// The signal with `n_pad` samples of its point reflection before and behind it.
std::vector<double> with_reflections(std::span<const double> signal, std::size_t n_pad) {
    const std::size_t n = signal.size();
    std::vector<double> padded;
    padded.reserve(n + 2 * n_pad);
    for (std::size_t i = n_pad; i > 0; --i) padded.push_back(2.0 * signal[0] - signal[i]);
    padded.insert(padded.end(), signal.begin(), signal.end());
    for (std::size_t i = 1; i <= n_pad; ++i) padded.push_back(2.0 * signal[n - 1] - signal[n - 1 - i]);
    return padded;
}

void pass(SectionCascade<double>& cascade, std::span<double> signal) noexcept {
    cascade.prime(signal.first(1));
    cascade.process_signal(signal);
}

/// Where the hole that begins at `at` ends.
std::size_t end_of_hole(std::span<const std::uint8_t> flags, std::size_t at) noexcept {
    while (at < flags.size() && (flags[at] & kHoleFlags) != 0) ++at;
    return at;
}

/// Where the stretch that begins at `begin` ends: at the next long hole, or at the end.
std::size_t end_of_stretch(std::span<const std::uint8_t> flags, std::size_t begin, std::size_t n_hole_max) noexcept {
    for (std::size_t at = begin; at < flags.size();) {
        const std::size_t end = end_of_hole(flags, at);
        if (end - at > n_hole_max) return at;
        at = end + 1;
    }
    return flags.size();
}

}  // namespace

const FilterDesign kTwoPasses{&band_pass, &high_pass, &low_pass, &zero_phase_notch};

std::vector<Section> zero_phase_sections(Profile profile, double rate_hz) { return profile_sections(profile, rate_hz, kTwoPasses); }

Section zero_phase_notch(double f0_hz, double q, double rate_hz) {
    // A notch is a Butterworth band-stop of order one.
    return notch(f0_hz, q / dual_pass_factor(1), rate_hz);
}

ZeroPhaseComb zero_phase_comb(double f_hz, const VibrationCombConfig& config) {
    ZeroPhaseComb comb;
    if (!(f_hz >= VibrationComb::kLowestHz && f_hz <= VibrationComb::kHighestHz)) return comb;
    const double rate_hz = config.rate.hz(), high_hz = std::min(config.high_hz, kEdgeOfRate * rate_hz);
    const double width_hz = unwarped(warped(config.width_hz, rate_hz) * dual_pass_factor(1), rate_hz);
    for (double line_hz = f_hz; line_hz <= high_hz; line_hz += f_hz) {
        comb.sections.push_back(constant_width_notch(line_hz, width_hz, rate_hz));
    }
    comb.rms_kept = comb_rms_kept(f_hz, width_hz, high_hz, rate_hz, 2);
    comb.n_pad = static_cast<std::size_t>(std::ceil(kPaddingPeriods * rate_hz / (kPi * width_hz)));
    return comb;
}

std::size_t zero_phase_padding(Profile profile, double rate_hz) {
    return static_cast<std::size_t>(std::ceil(kPaddingPeriods * rate_hz / low_edge_hz(profile)));
}

void filter_zero_phase(std::span<double> signal, std::span<const Section> sections, std::size_t n_pad) {
    if (signal.empty()) return;
    n_pad = std::min(n_pad, signal.size() - 1);
    std::vector<double> padded = with_reflections(signal, n_pad);
    SectionCascade<double> cascade{sections};
    pass(cascade, padded);
    std::reverse(padded.begin(), padded.end());
    pass(cascade, padded);
    std::copy_n(padded.rbegin() + static_cast<std::ptrdiff_t>(n_pad), signal.size(), signal.begin());
}

void filter_zero_phase(std::span<double> signal, std::span<const Section> sections) {
    // Three times the length of the filter as one polynomial, less the zeros and poles at the origin.
    std::size_t n_zero = 0, n_pole = 0;
    for (const Section& section : sections) {
        n_zero += section.b2 == 0.0 ? 1 : 0;
        n_pole += section.a2 == 0.0 ? 1 : 0;
    }
    filter_zero_phase(signal, sections, 3 * (2 * sections.size() + 1 - std::min(n_zero, n_pole)));
}

void filter_stretches(std::span<double> signal, std::span<const std::uint8_t> flags,
                      std::span<const Section> sections, const StretchConfig& config) {
    for (std::size_t at = 0; at < signal.size();) {
        const std::size_t end = end_of_stretch(flags, at, config.n_hole_max);
        filter_zero_phase(signal.subspan(at, end - at), sections, config.n_pad);
        at = end_of_hole(flags, end);
        std::fill(signal.begin() + static_cast<std::ptrdiff_t>(end), signal.begin() + static_cast<std::ptrdiff_t>(at), 0.0);
    }
}

}  // namespace tonus
