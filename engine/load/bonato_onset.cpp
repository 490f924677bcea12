#include "engine/load/bonato_onset.hpp"

#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

/// The probability of at least n_above in n_window when each has probability p.
double pass_probability(BonatoRule rule, double p) {
    double term = std::pow(1.0 - p, rule.n_window);  // of exactly k
    double under = 0.0;
    for (int k = 0; k < rule.n_above; ++k) {
        under += term;
        term *= static_cast<double>(rule.n_window - k) / static_cast<double>(k + 1) * p / (1.0 - p);
    }
    return 1.0 - under;
}

/// The filter that makes the signal white, by Levinson's recursion on its autocorrelation.
std::vector<double> whitener_of(std::span<const float> signal, std::size_t order) {
    std::vector<double> correlation(order + 1, 0.0);
    for (std::size_t lag = 0; lag <= order; ++lag) {
        for (std::size_t i = lag; i < signal.size(); ++i) {
            correlation[lag] += static_cast<double>(signal[i]) * static_cast<double>(signal[i - lag]);
        }
    }
    std::vector<double> a(order + 1, 0.0), previous;
    a[0] = 1.0;
    double error = correlation[0];
    for (std::size_t n = 1; n <= order; ++n) {
        double next = 0.0;
        for (std::size_t k = 0; k < n; ++k) next += a[k] * correlation[n - k];
        const double reflection = -next / error;
        previous = a;
        for (std::size_t k = 1; k <= n; ++k) a[k] = previous[k] + reflection * previous[n - k];
        error *= 1.0 - reflection * reflection;
    }
    return {a.begin() + 1, a.end()};
}

BonatoOnsetConfig checked(const BonatoOnsetConfig& config, std::span<const float> baseline) {
    check_baseline(baseline, config.rate);
    if (config.whitening_order < 0 || config.whitening_order > 20 || !(config.burst_s_min >= 0.0 && config.burst_s_min <= 1.0)) {
        throw usage_error(fmt::format(
            "onset: whitening_order = {} and burst_s_min = {:.4g}: 0 to 20 and 0 to 1 s are possible (4 and 0.03 are the "
            "default)", config.whitening_order, config.burst_s_min));
    }
    return config;
}

}  // namespace

double bonato_threshold(BonatoRule rule, double false_alarm) {
    if (!(1 <= rule.n_above && rule.n_above <= rule.n_window && rule.n_window <= 32 && false_alarm > 0.0 && false_alarm < 1.0)) {
        throw usage_error(fmt::format(
            "onset: {} of {} values with a false alarm of {:.4g}: 1 <= n_above <= n_window <= 32 and a probability are "
            "possible (1 of 5 with 0.05)", rule.n_above, rule.n_window, false_alarm));
    }
    double low = 0.0, high = 1.0;  // of p, in which the probability rises
    for (int i = 0; i < 100; ++i) {
        const double middle = 0.5 * (low + high);
        (pass_probability(rule, middle) < false_alarm ? low : high) = middle;
    }
    return -2.0 * std::log(0.5 * (low + high));
}

double bonato_detection(BonatoRule rule, double threshold, double snr_db) {
    const double snr = std::pow(10.0, 0.1 * snr_db);
    return pass_probability(rule, std::exp(-0.5 * threshold / (1.0 + snr)));
}

BonatoOnset::BonatoOnset(BonatoOnsetConfig config, std::span<const float> baseline)
    : rule_(checked(config, baseline).rule),
      whitener_(whitener_of(baseline, static_cast<std::size_t>(config.whitening_order))),
      past_(whitener_.size(), 0.0),
      dwell_(config.rate.frames_in(config.burst_s_min)) {
    const double threshold = bonato_threshold(rule_, config.false_alarm);
    starts_.resize(static_cast<std::size_t>(rule_.n_window), 0);
    double energy = 0.0;
    for (const float x : baseline) {
        const double white = whiten(static_cast<double>(x));
        energy += white * white;
    }
    threshold_ = threshold * energy / static_cast<double>(baseline.size());
}

double BonatoOnset::whiten(double x) noexcept {
    double white = x;
    for (std::size_t k = whitener_.size(); k-- > 0;) {
        white += whitener_[k] * past_[k];
        past_[k] = k > 0 ? past_[k - 1] : x;
    }
    return white;
}

OnsetResult BonatoOnset::process(float sample, bool valid) noexcept {
    const std::uint64_t index = index_++;
    if (!valid || !std::isfinite(sample)) return dwell_.hold();
    const double white = whiten(static_cast<double>(sample));
    if (half_ < 0.0) {
        half_ = white * white;
        pair_start_ = index;
        return dwell_.hold();
    }
    const double z = half_ + white * white;
    half_ = -1.0;

    const auto n_window = static_cast<std::uint64_t>(rule_.n_window);
    above_ = (above_ << 1 | (z > threshold_ ? 1u : 0u)) & static_cast<std::uint32_t>((std::uint64_t{1} << n_window) - 1);
    starts_[n_pairs_++ % n_window] = pair_start_;
    const bool active = std::popcount(above_) >= rule_.n_above;
    if (active) {
        const auto oldest = static_cast<std::uint64_t>(std::bit_width(above_) - 1);  // pairs ago
        last_above_ = pair_start_ + 2;
        return dwell_.process(true, starts_[(n_pairs_ - 1 - oldest) % n_window], 2);
    }
    return dwell_.process(false, last_above_, 2);
}

}  // namespace tonus
