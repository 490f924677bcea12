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

Activation::Activation(ActivationConfig config) {
    for (std::size_t ch = 0; ch < config.roles.size(); ++ch) {
        const ChannelRole& role = config.roles[ch];
        if (role.muscle == MuscleClass::auxiliary) continue;
        Group& group = role.muscle == MuscleClass::local ? local_ : global_;
        group.channels.push_back({ch, role,
                                  0.25 / (role.bandwidth_hz * config.window_s) + 0.25 / (role.bandwidth_hz * role.mvc_window_s) +
                                      role.mvc_spread * role.mvc_spread});
        group.members.emplace_back();
    }
}

void Activation::take_status(Group& group, std::span<const Status> all) noexcept {
    GroupEstimate& known = group.known = {};
    group.n_members = 0;
    double weight = 0.0, weight_planned = 0.0, quality = 0.0;
    Reason worst = Reason::none;
    for (const Channel& channel : group.channels) {
        const ChannelRole& role = channel.role;
        const Status& status = all[channel.index];
        known.planned = true;
        known.saturated |= status.saturated;
        weight_planned += role.weight;
        if (status.state != ValueState::valid) {
            worst = std::max(worst, status.reason);
            continue;
        }
        group.members[group.n_members++] = {channel.index, role.weight, channel.relative_variance};
        weight += role.weight;
        quality += role.weight * role.fidelity * signal_quality(status);
    }
    group.weight = weight;
    if (!known.planned) return;
    if (weight <= 0.0 || weight < kWeightShareMin * weight_planned) {
        // When every missing channel has one and the same cause the group says that cause.
        known.reason = worst == Reason::none ? Reason::group_incomplete : worst;
        return;
    }
    known.valid = true;
    known.reason = Reason::none;
    const double share = static_cast<double>(group.n_members) / static_cast<double>(group.channels.size());
    known.confidence = static_cast<float>(quality / weight * std::sqrt(share));
}

Activation::Level Activation::level_of(const Group& group, std::span<const float> activation) noexcept {
    Level level{group.known};
    if (!level.estimate.valid) return level;
    double sum = 0.0, variance = 0.0;
    for (const Member& member : std::span{group.members}.first(group.n_members)) {
        const auto a = static_cast<double>(activation[member.index]);
        sum += member.weight * a;
        variance += member.weight * member.weight * a * a * member.relative_variance;
    }
    const double value = sum / group.weight;
    const double error = kZ95 * std::sqrt(variance) / group.weight;
    if (sum > 0.0) level.relative_variance = variance / (sum * sum);
    level.estimate.value = static_cast<float>(value);
    level.estimate.low = static_cast<float>(std::max(value - error, 0.0));
    level.estimate.high = static_cast<float>(value + error);
    return level;
}

GroupTick Activation::process(const Tick<unit::Mvc>& activation, bool status_changed) noexcept {
    if (status_changed) {
        take_status(local_, activation.status);
        take_status(global_, activation.status);
    }
    const Level local = level_of(local_, activation.value), global = level_of(global_, activation.value);
    GroupTick tick{.index = activation.index, .local = local.estimate, .global = global.estimate, .ratio = {}};
    const bool defined = tick.local.valid && tick.global.valid && tick.local.value > 0.0f &&
                         tick.global.value >= kGlobalMin &&
                         tick.local.value + tick.global.value >= kBothMin;
    if (defined) {
        const double ratio =
            static_cast<double>(tick.local.value) / static_cast<double>(tick.global.value);
        const double spread = std::exp(kZ95 * std::sqrt(local.relative_variance + global.relative_variance));
        tick.ratio = {.valid = true,
                      .value = static_cast<float>(ratio),
                      .low = static_cast<float>(ratio / spread),
                      .high = static_cast<float>(ratio * spread)};
    }
    return tick;
}

}  // namespace tonus
