#include "engine/load/threshold_onset.hpp"

#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kSettleS = 0.1;  // of the low-pass, at the begin of the baseline

ThresholdOnsetConfig checked(const ThresholdOnsetConfig& config, std::span<const float> baseline) {
    check_baseline(baseline, config.rate);
    const bool fits = config.n_sd > 0.0 && config.dwell_s >= 0.0 && config.dwell_s <= 1.0 &&
                      config.low_pass_hz >= 10.0 && config.low_pass_hz < 0.5 * config.rate.hz();
    if (!fits) {
        throw usage_error(fmt::format(
            "onset: low_pass_hz = {:.4g}, n_sd = {:.4g}, dwell_s = {:.4g}: 10 Hz to half of the rate, above 0, and 0 to 1 "
            "are possible (50, 1 and 0.05 are the default)", config.low_pass_hz, config.n_sd, config.dwell_s));
    }
    return config;
}

}  // namespace

ThresholdOnset::ThresholdOnset(ThresholdOnsetConfig config, std::span<const float> baseline)
    : feature_(checked(config, baseline).feature),
      low_pass_(butterworth_low_pass(2, config.low_pass_hz, config.rate.hz())),
      dwell_(config.rate.frames_in(config.dwell_s)) {
    const std::uint64_t n_settle = config.rate.frames_in(kSettleS);
    double sum = 0.0, squares = 0.0, n = 0.0;
    for (std::size_t i = 0; i < baseline.size(); ++i) {
        double value = 0.0;
        if (!smoothed_feature(static_cast<double>(baseline[i]), value) || i < n_settle) continue;
        sum += value;
        squares += value * value;
        n += 1.0;
    }
    const double mean = sum / n;
    threshold_ = mean + config.n_sd * std::sqrt(std::max(squares / n - mean * mean, 0.0));
}

bool ThresholdOnset::smoothed_feature(double x, double& value) noexcept {
    if (feature_ == ThresholdOnsetConfig::Feature::rectified) {
        value = std::abs(x);
    } else {
        const bool known = ++n_known_ >= 3;
        value = std::abs(x1_ * x1_ - x2_ * x);
        x2_ = x1_;
        x1_ = x;
        if (!known) return false;
        n_known_ = 3;
    }
    low_pass_.process({&value, 1});
    return true;
}

OnsetResult ThresholdOnset::process(float sample, bool valid) noexcept {
    const std::uint64_t index = index_++;
    const bool usable = valid && std::isfinite(sample);
    if (!usable) n_known_ = 0;
    double value = 0.0;
    if (!usable || !smoothed_feature(static_cast<double>(sample), value)) return dwell_.hold();
    // The Teager operator at a sample needs the next one, so it dates one sample back.
    const std::uint64_t back = feature_ == ThresholdOnsetConfig::Feature::teager ? 1 : 0;
    return dwell_.process(value > threshold_, index - back);
}

}  // namespace tonus
