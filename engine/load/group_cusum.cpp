#include "engine/load/group_cusum.hpp"

#include <algorithm>

namespace tonus {
namespace {

constexpr double kWeightShareMin = 0.5;  // domain 6.1

}  // namespace

GroupCusum::GroupCusum(std::vector<CusumChannel> channels, CusumFlagConfig config)
    : channels_(std::move(channels)),
      tick_samples_(config.rate.hz() / static_cast<double>(kTicksPerSecond)),
      groups_{Group{MuscleClass::local, false, CusumFlag{config}}, Group{MuscleClass::global, false, CusumFlag{config}}} {
    for (Group& group : groups_) {
        group.planned = std::any_of(channels_.begin(), channels_.end(), [&](const CusumChannel& c) { return c.muscle == group.muscle; });
    }
}

EnergyLoad GroupCusum::energy_of(MuscleClass muscle, std::uint64_t tick, std::span<const ChannelEnergy> energies) const noexcept {
    EnergyLoad load{.index = tick};
    double weight = 0.0, planned = 0.0, power = 0.0;
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        const CusumChannel& channel = channels_[c];
        if (channel.muscle != muscle) continue;
        planned += channel.weight;
        load.saturated |= energies[c].status.saturated;
        const Reason problem = std::max(channel.problem, energies[c].status.state == ValueState::valid ? Reason::none : energies[c].status.reason);
        if (problem != Reason::none || energies[c].n_valid <= 0.0) {
            load.reason = std::max(load.reason, problem);
            continue;
        }
        weight += channel.weight;
        power += channel.weight * energy_mvc2(energies[c].energy_uv2, energies[c].n_valid, channel.rest_uv, channel.mvc_uv) / energies[c].n_valid;
    }
    load.valid = load.saturated || (weight > 0.0 && weight >= kWeightShareMin * planned);
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
        if (!group.planned) continue;
        any_planned = true;
        group.last = group.flag.process(energy_of(group.muscle, tick, energies));
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
