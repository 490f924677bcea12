#include "engine/condition/vibration_detector.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

#include "engine/condition/vibration_comb.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kHopS = 0.25;
constexpr double kLowestHz = 5.0, kHighestHz = 100.0;
constexpr double kRateMinHz = 40.0, kRateMaxHz = 10000.0;
constexpr double kGravity = 9.80665;
constexpr double kImpossible = 1000.0;  // m/s^2: no body is moved so
constexpr double kLostMost = 0.2;
constexpr std::size_t kLineBins = 2;    // to either side: the main lobe of the Hann window
constexpr int kConfirmed = 2;

}  // namespace

bool VibrationDetector::can_hear(const Rate& rate) noexcept { return rate.hz() >= kRateMinHz && rate.hz() <= kRateMaxHz; }

VibrationDetector::VibrationDetector(const VibrationDetectorConfig& config) : config_(config) {
    const double rate_hz = config.rate.hz();
    if (!can_hear(config.rate)) {
        throw usage_error(fmt::format("vibration: an accelerometer at {:.6g} Hz shows none: {:.0f} to {:.0f} Hz would do, 150 Hz is good", rate_hz, kRateMinHz,
                                      kRateMaxHz));
    }
    const auto ordered = [](double off, double on) { return off > 0.0 && off <= on; };
    if (!ordered(config.off_share, config.on_share) || !ordered(config.off_rms_m_s2, config.on_rms_m_s2)) {
        throw usage_error("vibration: each off threshold must be above 0 and not above its on threshold: 0.4 and 0.6, 0.7 and 1.0 m/s^2 are usual");
    }
    n_hop_ = static_cast<std::size_t>(config.rate.frames_in(kHopS));
    n_window_ = kHops * n_hop_;
    bin_hz_ = rate_hz / static_cast<double>(n_window_);
    const auto bin_at = [this](double hz) { return static_cast<std::size_t>(hz / bin_hz_ + 0.5); };
    // One bin is left below half the rate for the window.
    const std::size_t end_bin = std::min(bin_at(kHighestHz) + 1, n_window_ / 2 - 1);
    first_bin_ = bin_at(kLowestHz);
    n_bins_ = end_bin - first_bin_;
    first_peak_ = bin_at(VibrationComb::kLowestHz) - first_bin_;
    end_peak_ = std::min(bin_at(VibrationComb::kHighestHz) + 1 - first_bin_, n_bins_ - 1);
    for (std::size_t i = 0; i < n_window_; ++i) {
        const double turn = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n_window_);
        cosines_.push_back(std::cos(turn));
        sines_.push_back(std::sin(turn));
    }
    turns_.assign(n_bins_ + 2, 0);
    power_m2_s4_.assign(n_bins_, 0.0);
    for (std::vector<Bin>& hop : hops_) hop.assign(n_bins_ + 2, {});
}

bool VibrationDetector::process(const std::array<double, 3>& a) noexcept {
    const double length = std::sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
    const bool is_good = length < kImpossible;  // false for what is no number
    return add(is_good ? length - kGravity : 0.0, !is_good);
}

bool VibrationDetector::skip(std::uint64_t n_frames) noexcept {
    // After a window of nothing there is nothing more to forget.
    bool changed = false;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(n_frames, n_window_ + n_hop_); ++i) changed = add(0.0, true) || changed;
    return changed;
}

/// The transform of a hop grows sample by sample, so that no frame carries a whole one.
bool VibrationDetector::add(double x, bool is_lost) noexcept {
    std::vector<Bin>& sums = hops_[hop_];
    for (std::size_t b = 0; b < sums.size(); ++b) {
        std::size_t& turn = turns_[b];
        sums[b].re += x * cosines_[turn];
        sums[b].im -= x * sines_[turn];
        turn += first_bin_ - 1 + b;
        if (turn >= n_window_) turn -= n_window_;
    }
    n_lost_[hop_] += is_lost ? 1u : 0u;
    return ++frame_ == n_hop_ && end_hop();
}

bool VibrationDetector::end_hop() noexcept {
    frame_ = 0;
    hop_ = (hop_ + 1) % kHops;
    n_hops_seen_ = std::min(n_hops_seen_ + 1, kHops);
    const std::size_t n_lost = std::accumulate(n_lost_.begin(), n_lost_.end(), std::size_t{0});
    const bool judged = n_hops_seen_ == kHops && static_cast<double>(n_lost) <= kLostMost * static_cast<double>(n_window_);
    if (judged) sum_window();
    std::fill(hops_[hop_].begin(), hops_[hop_].end(), Bin{});
    n_lost_[hop_] = 0;
    return judged && judge();
}

/// Hann's window taken in the transform: half a bin less a quarter of each neighbour. The window begins
/// with the oldest hop, and the waves have turned on by then.
void VibrationDetector::sum_window() noexcept {
    const double c = cosines_[hop_ * n_hop_], s = sines_[hop_ * n_hop_];
    const auto sum = [this](std::size_t b) {
        Bin bin;
        for (const std::vector<Bin>& hop : hops_) {
            bin.re += hop[b].re;
            bin.im += hop[b].im;
        }
        return bin;
    };
    Bin below = sum(0), here = sum(1);
    for (std::size_t k = 0; k < n_bins_; ++k) {
        const Bin above = sum(k + 2);
        const double re = 0.5 * here.re - 0.25 * (below.re * c + below.im * s + above.re * c - above.im * s);
        const double im = 0.5 * here.im - 0.25 * (below.im * c - below.re * s + above.im * c + above.re * s);
        power_m2_s4_[k] = (re * re + im * im) * 16.0 / (3.0 * static_cast<double>(n_window_) * static_cast<double>(n_window_));
        below = here;
        here = above;
    }
}

bool VibrationDetector::judge() noexcept {
    const auto at = [this](std::size_t k) { return power_m2_s4_.begin() + static_cast<std::ptrdiff_t>(k); };
    const auto peak = static_cast<std::size_t>(std::max_element(at(first_peak_), at(end_peak_)) - power_m2_s4_.begin());
    const double all = std::accumulate(at(0), at(n_bins_), 0.0);
    const double line = std::accumulate(at(peak - kLineBins), at(std::min(peak + kLineBins + 1, n_bins_)), 0.0);
    state_.rms_m_s2 = std::sqrt(all);
    state_.share = all > 0.0 ? line / all : 0.0;
    const bool was_there = state_.frequency_hz > 0.0;
    const double least_share = was_there ? config_.off_share : config_.on_share;
    const double least_rms = was_there ? config_.off_rms_m_s2 : config_.on_rms_m_s2;
    const bool is_there = state_.share > least_share && state_.rms_m_s2 > least_rms;
    if (is_there == was_there) {
        n_against_ = 0;
        if (is_there) state_.frequency_hz = refined_hz(peak);
        return false;
    }
    if (++n_against_ < kConfirmed) return false;
    n_against_ = 0;
    state_.frequency_hz = is_there ? refined_hz(peak) : 0.0;
    return true;
}

/// The top of a parabola through the logarithms of the peak and its neighbours.
double VibrationDetector::refined_hz(std::size_t peak) const noexcept {
    const double low = std::log(power_m2_s4_[peak - 1]), top = std::log(power_m2_s4_[peak]), high = std::log(power_m2_s4_[peak + 1]);
    const double curvature = low - 2.0 * top + high;
    const double part = curvature < 0.0 ? std::clamp(0.5 * (low - high) / curvature, -0.5, 0.5) : 0.0;
    return std::clamp(bin_hz_ * (static_cast<double>(first_bin_ + peak) + part), VibrationComb::kLowestHz, VibrationComb::kHighestHz);
}

}  // namespace tonus
