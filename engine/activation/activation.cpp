#include "engine/activation/activation.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr double kZ95 = 1.96;

// Under these a ratio is a quotient of noise (domain 5.3).
constexpr float kGlobalMin = 0.02f;
constexpr float kBothMin = 0.04f;

// A group speaks while at least this share of its weight is valid (domain 6.1).
constexpr double kWeightShareMin = 0.5;

// The index covers the last second; the window may be worse just now.
double signal_quality(const Status& status) noexcept {
    if (status.state != ValueState::valid || status.saturated) return 0.0;
    return static_cast<double>(std::min(status.quality, status.valid_fraction));
}

}  // namespace

Activation::Activation(ActivationConfig config) : roles_(std::move(config.roles)) {
    relative_variance_.reserve(roles_.size());
    for (const ChannelRole& role : roles_) {
        relative_variance_.push_back(0.25 / (role.bandwidth_hz * config.window_s) +
                                     0.25 / (role.bandwidth_hz * role.mvc_window_s) +
                                     role.mvc_spread * role.mvc_spread);
    }
}

GroupEstimate Activation::group(const Tick<unit::Mvc>& activation, MuscleClass muscle,
                                double& relative_variance) const noexcept {
    GroupEstimate estimate;
    double weight = 0.0, weight_planned = 0.0, sum = 0.0, variance = 0.0, quality = 0.0;
    double n_valid = 0.0, n_planned = 0.0;
    Reason worst = Reason::none;
    for (std::size_t ch = 0; ch < roles_.size(); ++ch) {
        const ChannelRole& role = roles_[ch];
        if (role.muscle != muscle) continue;
        const Status& status = activation.status[ch];
        estimate.planned = true;
        estimate.saturated |= status.saturated;
        n_planned += 1.0;
        weight_planned += role.weight;
        if (status.state != ValueState::valid) {
            worst = std::max(worst, status.reason);
            continue;
        }
        const auto a = static_cast<double>(activation.value[ch]);
        n_valid += 1.0;
        weight += role.weight;
        sum += role.weight * a;
        variance += role.weight * role.weight * a * a * relative_variance_[ch];
        quality += role.weight * role.fidelity * signal_quality(status);
    }
    relative_variance = 0.0;
    if (!estimate.planned) return estimate;
    if (weight <= 0.0 || weight < kWeightShareMin * weight_planned) {
        // When every missing channel has one and the same cause the group says that cause.
        estimate.reason = worst == Reason::none ? Reason::group_incomplete : worst;
        return estimate;
    }
    const double value = sum / weight;
    const double error = kZ95 * std::sqrt(variance) / weight;
    if (sum > 0.0) relative_variance = variance / (sum * sum);
    estimate.valid = true;
    estimate.reason = Reason::none;
    estimate.value = static_cast<float>(value);
    estimate.low = static_cast<float>(std::max(value - error, 0.0));
    estimate.high = static_cast<float>(value + error);
    estimate.confidence = static_cast<float>(quality / weight * std::sqrt(n_valid / n_planned));
    return estimate;
}

GroupTick Activation::process(const Tick<unit::Mvc>& activation) noexcept {
    GroupTick tick;
    tick.index = activation.index;
    double variance_local = 0.0, variance_global = 0.0;
    tick.local = group(activation, MuscleClass::local, variance_local);
    tick.global = group(activation, MuscleClass::global, variance_global);

    const bool defined = tick.local.valid && tick.global.valid && tick.local.value > 0.0f &&
                         tick.global.value >= kGlobalMin &&
                         tick.local.value + tick.global.value >= kBothMin;
    if (defined) {
        const double ratio =
            static_cast<double>(tick.local.value) / static_cast<double>(tick.global.value);
        const double spread = std::exp(kZ95 * std::sqrt(variance_local + variance_global));
        tick.ratio = {.valid = true,
                      .value = static_cast<float>(ratio),
                      .low = static_cast<float>(ratio / spread),
                      .high = static_cast<float>(ratio * spread)};
    }
    return tick;
}

}  // namespace tonus
