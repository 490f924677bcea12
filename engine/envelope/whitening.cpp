#include "engine/envelope/whitening.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr std::size_t kOrderMax = 32;

void check(std::span<const double> autocorrelation, const WhiteningConfig& config) {
    if (config.order < 1 || config.order > kOrderMax) {
        throw usage_error(fmt::format("whitening: order = {} must be 1 to {} (4 is enough for EMG)", config.order, kOrderMax));
    }
    if (!(config.floor_db <= 20.0 && config.floor_db >= -200.0)) {
        throw usage_error(fmt::format("whitening: floor_db = {} must be -200 to 20 (-20 is a hundredth of the power)", config.floor_db));
    }
    if (autocorrelation.size() <= config.order) {
        throw usage_error(fmt::format("whitening: order {} needs {} lags of autocorrelation, got {}", config.order, config.order + 1,
                                      autocorrelation.size()));
    }
    if (!(autocorrelation[0] > 0.0) || !std::isfinite(autocorrelation[0])) {
        throw usage_error(fmt::format("whitening: the contraction has a power of {}; it takes 5 s at 30 to 50 % of maximum",
                                      autocorrelation[0]));
    }
}

/// The prediction filter 1, a_1 .. a_p of an autocorrelation r_0 .. r_p, by Levinson and Durbin.
std::vector<double> levinson(std::span<const double> r, std::size_t order) {
    std::vector<double> a{1.0};
    double error = r[0];
    for (std::size_t m = 1; m <= order; ++m) {
        double ahead = 0.0;
        for (std::size_t i = 0; i < m; ++i) ahead += a[i] * r[m - i];
        const double reflection = -ahead / error;
        if (!(std::abs(reflection) < 1.0)) {
            throw usage_error(fmt::format("whitening: lag {} is larger than any signal's with these lags before it; measure "
                                          "the contraction again, or over more samples",
                                          m));
        }
        a.push_back(0.0);
        const std::vector<double> shorter = a;
        for (std::size_t i = 1; i <= m; ++i) a[i] = shorter[i] + reflection * shorter[m - i];
        error *= 1.0 - reflection * reflection;
    }
    return a;
}

/// The power of a signal of autocorrelation r after the filter a.
double power_after(std::span<const double> a, std::span<const double> r) noexcept {
    double power = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < a.size(); ++j) power += a[i] * a[j] * r[i > j ? i - j : j - i];
    }
    return power;
}

}  // namespace

WhiteningFit fit_whitening(std::span<const double> autocorrelation, WhiteningConfig config) {
    check(autocorrelation, config);
    std::vector<double> r(autocorrelation.begin(), autocorrelation.begin() + static_cast<std::ptrdiff_t>(config.order) + 1);
    const double power = r[0];
    r[0] *= 1.0 + std::pow(10.0, config.floor_db / 10.0);
    const std::vector<double> a = levinson(r, config.order);

    // The gain answers for the contraction as it was, not for the noise put beside it.
    r[0] = power;
    const double after = power_after(a, r);
    if (!(after > 0.0)) {
        throw usage_error("whitening: nothing is left of this contraction after its own filter; it is no EMG but a pure tone");
    }
    return {.coefficients = {a.begin() + 1, a.end()}, .gain = std::sqrt(power / after)};
}

double noise_rise_db(const WhiteningFit& fit) noexcept {
    double power = 1.0;
    for (const double a : fit.coefficients) power += a * a;
    return 10.0 * std::log10(fit.gain * fit.gain * power);
}

WhiteningFit fit_whitening(const Autocorrelation& contraction, std::size_t channel, WhiteningConfig config) {
    return fit_whitening(contraction.of(channel), config);
}

Whitening::Whitening(std::span<const std::optional<WhiteningFit>> fits)
    : n_channels_(fits.size()),
      lanes_(padded_lanes(fits.size())),
      order_(0),
      gain_(lanes_, 1.0f),
      orders_(fits.size(), 0),
      unsettled_(fits.size(), 0) {
    for (std::size_t channel = 0; channel < fits.size(); ++channel) {
        if (!fits[channel]) continue;
        const WhiteningFit& fit = *fits[channel];
        const bool finite = std::isfinite(fit.gain) && std::all_of(fit.coefficients.begin(), fit.coefficients.end(),
                                                                  [](double a) { return std::isfinite(a); });
        if (!finite || fit.coefficients.empty() || fit.coefficients.size() > kOrderMax) {
            throw usage_error(fmt::format("whitening: channel {} has {} coefficients and a gain of {}; a fit has 1 to {}, all finite "
                                          "(fit_whitening makes one)",
                                          channel, fit.coefficients.size(), fit.gain, kOrderMax));
        }
        order_ = std::max(order_, fit.coefficients.size());
    }
    coefficients_.assign(order_ * lanes_, 0.0f);
    past_.assign(order_ * lanes_, 0.0f);
    sum_.assign(lanes_, 0.0f);
    for (std::size_t channel = 0; channel < fits.size(); ++channel) {
        if (!fits[channel]) continue;
        const WhiteningFit& fit = *fits[channel];
        orders_[channel] = static_cast<std::uint32_t>(fit.coefficients.size());
        gain_[channel] = static_cast<float>(fit.gain);
        for (std::size_t tap = 0; tap < fit.coefficients.size(); ++tap) {
            coefficients_[tap * lanes_ + channel] = static_cast<float>(fit.gain * fit.coefficients[tap]);
        }
    }
    restart();
}

void Whitening::process(Block<unit::Microvolt> block) noexcept {
    for (std::size_t i = 0; i < block.n_frames(); ++i) {
        if (order_ > 0) filter(block.lanes(i).data());
        mark(block.flags(i));
    }
}

void Whitening::filter(float* frame) noexcept {
    // Taps are serial, because each takes over the sample of the one before it; channels are
    // independent. So channels are the inner loop, and the one that vectorises.
    for (std::size_t lane = 0; lane < lanes_; ++lane) sum_[lane] = gain_[lane] * frame[lane];
    for (std::size_t tap = order_ - 1; tap > 0; --tap) {
        const float* const a = coefficients_.data() + tap * lanes_;
        float* const past = past_.data() + tap * lanes_;
        const float* const newer = past - lanes_;
        for (std::size_t lane = 0; lane < lanes_; ++lane) {
            sum_[lane] += a[lane] * past[lane];
            past[lane] = newer[lane];
        }
    }
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
        sum_[lane] += coefficients_[lane] * past_[lane];
        // A NaN must not reach the samples after it: 0 times NaN is no 0 either.
        past_[lane] = std::isfinite(frame[lane]) ? frame[lane] : 0.0f;
        frame[lane] = sum_[lane];
    }
}

void Whitening::mark(std::span<std::uint8_t> flags) noexcept {
    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        const bool flagged = flags[channel] != 0;
        if (!flagged && unsettled_[channel] > 0) flags[channel] = sample_flag::settling;
        unsettled_[channel] = flagged ? orders_[channel] : unsettled_[channel] - (unsettled_[channel] > 0 ? 1u : 0u);
    }
}

void Whitening::restart() noexcept {
    std::fill(past_.begin(), past_.end(), 0.0f);
    std::copy(orders_.begin(), orders_.end(), unsettled_.begin());
}

}  // namespace tonus
