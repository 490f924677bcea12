#include "engine/condition/vibration_comb.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "engine/condition/conditioner.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kRateMinHz = 100.0;
constexpr double kWidthMinHz = 0.1;
constexpr double kWidthMaxHz = 5.0;
constexpr double kEmgLowHz = 20.0;
constexpr double kTableStepHz = 0.5;

/// The power spectrum of surface EMG, but for a factor (domain 11.1).
double model_power(double f_hz) noexcept {
    const double f2 = f_hz * f_hz, low2 = 60.0 * 60.0, high2 = 120.0 * 120.0;
    return f2 / ((f2 + low2) * (f2 + high2) * (f2 + high2));
}

/// |H|^2 of a notch, from real numbers alone: c = cos w, s = sin w.
double notch_power(double c, double s, double c0, double tangent) noexcept {
    const double distance2 = (c - c0) * (c - c0);
    const double width2 = tangent * tangent * s * s;
    return distance2 / (distance2 + width2);
}

}  // namespace

Section constant_width_notch(double f_hz, double width_hz, double rate_hz) noexcept {
    const double gain = 1.0 / (1.0 + std::tan(kPi * width_hz / rate_hz));
    const double middle = -2.0 * gain * std::cos(2.0 * kPi * f_hz / rate_hz);
    return {gain, middle, gain, middle, 2.0 * gain - 1.0};
}

double comb_rms_kept(double f_hz, double width_hz, double high_hz, double rate_hz, int n_passes) noexcept {
    const double tangent = std::tan(kPi * width_hz / rate_hz);
    // Fine against the notches: what a sum misses of a bell this wide is under 1e-3 of it.
    const double step_hz = std::min(1.0, width_hz / 3.0);
    double all = 0.0, kept = 0.0;
    for (double f = kEmgLowHz; f <= high_hz; f += step_hz) {
        const double w = 2.0 * kPi * f / rate_hz;
        const double c = std::cos(w), s = std::sin(w);
        double power = model_power(f);
        all += power;
        for (double line = f_hz; line <= high_hz; line += f_hz) {
            const double kept_here = notch_power(c, s, std::cos(2.0 * kPi * line / rate_hz), tangent);
            for (int pass = 0; pass < n_passes; ++pass) power *= kept_here;
        }
        kept += power;
    }
    return all > 0.0 ? std::sqrt(kept / all) : 1.0;
}

VibrationComb::VibrationComb(const VibrationCombConfig& config)
    : lanes_(padded_lanes(config.n_channels)),
      rate_hz_(config.rate.hz()),
      width_hz_(config.width_hz),
      high_hz_(std::min(config.high_hz, kEdgeOfRate * rate_hz_)) {
    if (!(rate_hz_ >= kRateMinHz)) {
        throw usage_error(fmt::format("vibration: {:.6g} Hz is too low for EMG: at least {:.0f} Hz", rate_hz_, kRateMinHz));
    }
    if (!(width_hz_ >= kWidthMinHz && width_hz_ <= kWidthMaxHz)) {
        throw usage_error(fmt::format("vibration: a notch {:.6g} Hz wide is not from {} to {} Hz: 3 Hz is usual",
                                      width_hz_, kWidthMinHz, kWidthMaxHz));
    }
    const auto n_notches_max = static_cast<std::size_t>(std::max(0.0, high_hz_ / kLowestHz));
    notches_.resize(n_notches_max);
    states_.resize(n_notches_max * 2 * lanes_, 0.0f);
    // Too dear to integrate while the signal runs, and smooth: a table.
    for (double f = kLowestHz; f <= kHighestHz + kTableStepHz; f += kTableStepHz) {
        rms_kept_table_.push_back(comb_rms_kept(f, width_hz_, high_hz_, rate_hz_));
    }
}

void VibrationComb::set_frequency(double f_hz) noexcept {
    if (!(f_hz >= kLowestHz && f_hz <= kHighestHz)) {
        f_hz_ = 0.0;
        rms_kept_ = 1.0;
        n_notches_ = 0;
        return;
    }
    const auto n = std::min(notches_.size(), static_cast<std::size_t>(high_hz_ / f_hz));
    for (std::size_t k = 0; k < n; ++k) {
        const Section s = constant_width_notch(static_cast<double>(k + 1) * f_hz, width_hz_, rate_hz_);
        notches_[k] = {static_cast<float>(s.b0), static_cast<float>(s.b1), static_cast<float>(s.a2)};
    }
    if (n > n_notches_) {  // those that join know nothing yet
        std::fill_n(states_.begin() + static_cast<std::ptrdiff_t>(n_notches_ * 2 * lanes_), (n - n_notches_) * 2 * lanes_, 0.0f);
    }
    n_notches_ = n;
    f_hz_ = f_hz;
    const double at = (f_hz - kLowestHz) / kTableStepHz;
    const auto i = static_cast<std::size_t>(at);
    const double part = at - static_cast<double>(i);
    rms_kept_ = (1.0 - part) * rms_kept_table_[i] + part * rms_kept_table_[i + 1];
}

void VibrationComb::restart() noexcept { std::fill(states_.begin(), states_.end(), 0.0f); }

void VibrationComb::process(Block<unit::Microvolt> block) noexcept {
    for (std::size_t i = 0; i < block.n_frames(); ++i) {
        float* const frame = block.lanes(i).data();
        for (std::size_t k = 0; k < n_notches_; ++k) {
            const Notch c = notches_[k];
            float* const s1 = states_.data() + k * 2 * lanes_;
            float* const s2 = s1 + lanes_;
            for (std::size_t lane = 0; lane < lanes_; ++lane) {
                const float x = frame[lane];
                const float y = c.gain * x + s1[lane];
                s1[lane] = c.middle * (x - y) + s2[lane];
                s2[lane] = c.gain * x - c.a2 * y;
                frame[lane] = y;
            }
        }
    }
}

}  // namespace tonus
