#include "engine/envelope/exponential_power.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {

ExponentialPower::ExponentialPower(ExponentialPowerConfig config)
    : tau_s_(config.tau_s), power_uv2_(config.n_channels, 0.0), rms_uv_(config.n_channels, 0.0f) {
    if (config.rate.num == 0 || config.rate.den == 0) {
        throw usage_error("exponential power: rate is missing (a stream has one: {1000, 1} is 1000 Hz)");
    }
    const double tau_frames = config.tau_s * config.rate.hz();
    if (!(tau_frames >= 1.0 && config.tau_s <= 60.0)) {
        throw usage_error(fmt::format("exponential power: tau_s = {} must be between one sample ({:.4g} s at {:.6g} Hz) and "
                                      "60 s (0.125 is as exact as an RMS over 250 ms)",
                                      config.tau_s, 1.0 / config.rate.hz(), config.rate.hz()));
    }
    // exp(-1/n) - 1 without the loss of digits of a difference near 0.
    alpha_ = -std::expm1(-1.0 / tau_frames);
}

void ExponentialPower::process(const Block<unit::Microvolt>& block) noexcept {
    // In double: alpha is 1e-3 and less, and a float power would stop short of its end.
    for (std::size_t i = 0; i < block.n_frames(); ++i) {
        const std::span<const float> frame = block.frame(i);
        const std::span<const std::uint8_t> flags = block.flags(i);
        for (std::size_t channel = 0; channel < power_uv2_.size(); ++channel) {
            const auto x = static_cast<double>(frame[channel]);
            const bool counts = flags[channel] == 0 && std::isfinite(x);
            double& power = power_uv2_[channel];
            power += counts ? alpha_ * (x * x - power) : 0.0;
        }
    }
}

std::span<const float> ExponentialPower::rms() noexcept {
    for (std::size_t channel = 0; channel < power_uv2_.size(); ++channel) {
        rms_uv_[channel] = static_cast<float>(std::sqrt(power_uv2_[channel]));
    }
    return rms_uv_;
}

void ExponentialPower::restart() noexcept { std::fill(power_uv2_.begin(), power_uv2_.end(), 0.0); }

std::optional<double> time_to_cross(double tau_s, double from, double to, double threshold) noexcept {
    const double p0 = from * from, p1 = to * to, p = threshold * threshold;
    if (p0 == p) return 0.0;
    // The power moves from p0 towards p1 and never gets there.
    if (!((p0 < p && p < p1) || (p1 < p && p < p0))) return std::nullopt;
    return tau_s * std::log((p1 - p0) / (p1 - p));
}

}  // namespace tonus
