#include "engine/envelope/bandwidth.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kSecondsMin = 1.0;

std::size_t lags_of(const BandwidthConfig& config) {
    if (config.rate.num == 0 || config.rate.den == 0) {
        throw usage_error("bandwidth: rate is missing (a stream has one: {1000, 1} is 1000 Hz)");
    }
    const double n_lags = config.lag_s * config.rate.hz();
    if (!(n_lags >= 1.0 && config.lag_s <= 1.0)) {
        throw usage_error(fmt::format("bandwidth: lag_s = {} must be between one sample ({:.4g} s at {:.6g} Hz) and 1 s "
                                      "(0.05 does for surface EMG)",
                                      config.lag_s, 1.0 / config.rate.hz(), config.rate.hz()));
    }
    return static_cast<std::size_t>(std::lround(n_lags));
}

/// The sum of the squared autocorrelation over all lags, both signs.
double squares(std::span<const double> autocorrelation) noexcept {
    double sum = 0.0;
    for (const double r : autocorrelation.subspan(1)) sum += 2.0 * r * r;
    return sum + autocorrelation[0] * autocorrelation[0];
}

}  // namespace

Autocorrelation::Autocorrelation(std::size_t n_channels, std::size_t n_lags)
    : n_channels_(n_channels),
      n_lags_(n_lags),
      past_((n_lags + 1) * n_channels, 0.0),
      counts_(past_.size(), 0.0),
      sums_(past_.size(), 0.0),
      pairs_(past_.size(), 0.0) {}

void Autocorrelation::process(const Block<unit::Microvolt>& block) noexcept {
    const std::size_t n_slots = n_lags_ + 1;
    for (std::size_t i = 0; i < block.n_frames(); ++i) {
        const std::span<const float> frame = block.frame(i);
        const std::span<const std::uint8_t> flags = block.flags(i);
        double* const x = past_.data() + next_ * n_channels_;
        double* const one = counts_.data() + next_ * n_channels_;
        for (std::size_t channel = 0; channel < n_channels_; ++channel) {
            const bool counts = flags[channel] == 0 && std::isfinite(frame[channel]);
            x[channel] = counts ? static_cast<double>(frame[channel]) : 0.0;
            one[channel] = counts ? 1.0 : 0.0;
        }
        for (std::size_t lag = 0; lag < n_slots; ++lag) {
            const std::size_t slot = next_ >= lag ? next_ - lag : next_ + n_slots - lag;
            const double* const before = past_.data() + slot * n_channels_;
            const double* const before_one = counts_.data() + slot * n_channels_;
            double* const sum = sums_.data() + lag * n_channels_;
            double* const pair = pairs_.data() + lag * n_channels_;
            for (std::size_t channel = 0; channel < n_channels_; ++channel) {
                sum[channel] += x[channel] * before[channel];
                pair[channel] += one[channel] * before_one[channel];
            }
        }
        next_ = next_ + 1 == n_slots ? 0 : next_ + 1;
    }
}

void Autocorrelation::restart() noexcept {
    std::fill(past_.begin(), past_.end(), 0.0);
    std::fill(counts_.begin(), counts_.end(), 0.0);
}

std::vector<double> Autocorrelation::of(std::size_t channel) const {
    std::vector<double> r(n_lags_ + 1, 0.0);
    for (std::size_t lag = 0; lag <= n_lags_; ++lag) {
        const double n = pairs_[lag * n_channels_ + channel];
        if (n > 0.0) r[lag] = sums_[lag * n_channels_ + channel] / n;
    }
    return r;
}

// By Parseval's theorem. With r_k the autocorrelation and S its one-sided spectrum up to fs/2,
//
//     integral of S = r_0        and       integral of S^2 = (2 / fs) sum over all k of r_k^2,
//
// because S is twice the two-sided spectrum, which is (1/fs) sum r_k e^(-i w k). So
//
//     B_s = (integral of S)^2 / integral of S^2 = fs / (2 sum of (r_k / r_0)^2),
//
// fs/2 for white noise, whose sum is the 1 of lag 0.
double statistical_bandwidth_hz(std::span<const double> autocorrelation, double rate_hz) {
    if (autocorrelation.empty() || !(autocorrelation[0] > 0.0) || !(rate_hz > 0.0)) {
        throw usage_error(fmt::format("statistical bandwidth: needs a power above 0 at lag 0 and a rate above 0; got {} lags "
                                      "at {} Hz",
                                      autocorrelation.size(), rate_hz));
    }
    return 0.5 * rate_hz * autocorrelation[0] * autocorrelation[0] / squares(autocorrelation);
}

BandwidthMeter::BandwidthMeter(BandwidthConfig config)
    : rate_hz_(config.rate.hz()), autocorrelation_(config.n_channels, lags_of(config)) {}

std::optional<double> BandwidthMeter::bandwidth_hz(std::size_t channel) const {
    const auto n = static_cast<double>(autocorrelation_.n_samples(channel));
    const std::vector<double> r = autocorrelation_.of(channel);
    if (n < kSecondsMin * rate_hz_ || !(r[0] > 0.0)) return std::nullopt;
    // Each measured r_k carries chance of variance (sum of r^2) / n (Bartlett; the part of the
    // formula that differs between lags adds up to 0 in a band without 0 Hz). Its squares would
    // make the sum too large and B_s too small: by 2 % for 101 lags from 5 s at 1 kHz.
    const double chance = static_cast<double>(2 * autocorrelation_.n_lags() + 1) / n;
    return statistical_bandwidth_hz(r, rate_hz_) * (1.0 + chance);
}

}  // namespace tonus
