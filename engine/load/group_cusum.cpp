#include "engine/load/group_cusum.hpp"

#include <algorithm>

namespace tonus {
namespace {

constexpr double kWeightShareMin = 0.5;  // domain 6.1

}  // namespace

GroupCusum::GroupCusum(std::vector<CusumChannel> channels, CusumFlagConfig config)
    : tick_samples_(config.rate.hz() / static_cast<double>(kTicksPerSecond)),
      groups_{Group{CusumFlag{config}}, Group{CusumFlag{config}}} {
    for (std::size_t c = 0; c < channels.size(); ++c) {
        const CusumChannel& channel = channels[c];
        if (channel.muscle == MuscleClass::auxiliary) continue;
        Group& group = groups_[channel.muscle == MuscleClass::local ? 0 : 1];
        const bool usable = channel.problem == Reason::none;
        group.channels.push_back({static_cast<std::uint32_t>(c), channel.problem, channel.weight, channel.rest_uv * channel.rest_uv,
                                  usable ? channel.weight * energy_mvc2(1.0, 0.0, channel.rest_uv, channel.mvc_uv) : 0.0});
        group.weight += channel.weight;
    }
}

EnergyLoad GroupCusum::energy_of(const Group& group, std::uint64_t tick, std::span<const ChannelEnergy> energies) const noexcept {
    EnergyLoad load{.index = tick};
    double weight = 0.0, power = 0.0;
    std::uint32_t n_valid = 0;
    double per_sample = 0.0;  // nearly always the same in all channels: one division
    for (const Channel& channel : group.channels) {
        const ChannelEnergy& energy = energies[channel.index];
        load.saturated |= energy.status.saturated;
        const Reason problem = std::max(channel.problem, energy.status.state == ValueState::valid ? Reason::none : energy.status.reason);
        if (problem != Reason::none || energy.n_valid == 0) {
            load.reason = std::max(load.reason, problem);
            continue;
        }
        if (energy.n_valid != n_valid) {
            n_valid = energy.n_valid;
            per_sample = 1.0 / static_cast<double>(n_valid);
        }
        weight += channel.weight;
        power += channel.weight_per_uv2 * (energy.energy_uv2 * per_sample - channel.rest_uv2);
    }
    load.valid = load.saturated || (weight > 0.0 && weight >= kWeightShareMin * group.weight);
    if (!load.valid) {
        if (load.reason == Reason::none) load.reason = Reason::group_incomplete;
        return load;
    }
    load.reason = Reason::none;
    load.n_valid = tick_samples_;
    load.energy_mvc2 = weight > 0.0 ? power / weight * tick_samples_ : 0.0;
    return load;
}

LoadResult GroupCusum::process(std::uint64_t tick, std::span<const ChannelEnergy> energies) noexcept {
    LoadResult result;
    bool any_over = false, any_unknown = false, any_planned = false;
    Reason missing = Reason::none, held = Reason::none;
    std::uint64_t since = tick;
    for (Group& group : groups_) {
        if (group.channels.empty()) continue;
        any_planned = true;
        group.last = group.flag.process(energy_of(group, tick, energies));
        if (group.last.raised || group.last.cleared) since = std::min(since, group.last.since);
        if (group.last.state == LoadState::over) {
            any_over = true;
            held = std::max(held, group.last.reason);
        } else if (group.last.state == LoadState::unknown) {
            any_unknown = true;
            missing = std::max(missing, group.last.reason);
        }
    }
    if (!any_planned) return {.state = LoadState::unknown, .reason = Reason::no_group};
    result.state = any_over ? LoadState::over : any_unknown ? LoadState::unknown : LoadState::under;
    result.reason = any_over ? held : missing;
    result.raised = any_over && !on_;
    result.cleared = !any_over && on_ && !any_unknown;
    result.since = since;
    on_ = any_over;
    return result;
}

}  // namespace tonus
