#include "engine/pipeline/muscles.hpp"

#include <algorithm>

namespace tonus {

std::vector<std::vector<std::size_t>> channels_by_muscle(const Session& session) {
    std::vector<std::vector<std::size_t>> muscles;
    for (std::size_t m = 0; m < session.channels.size(); ++m) {
        const std::string& name = session.channels[m].part_of;
        const auto same = std::find_if(muscles.begin(), muscles.end(), [&](const std::vector<std::size_t>& muscle) {
            return !name.empty() && session.channels[muscle.front()].part_of == name;
        });
        if (same == muscles.end()) muscles.push_back({m});
        else same->push_back(m);
    }
    return muscles;
}

Muscles::Muscles(const Session& session) : channels_(channels_by_muscle(session)) {
    const bool any = std::any_of(session.channels.begin(), session.channels.end(), [](const SessionChannel& c) { return !c.part_of.empty(); });
    if (any) combine_.emplace(CombineConfig{.n_channels = session.channels.size(), .muscles = channels_});
}

Tick<unit::Mvc> Muscles::process(const Tick<unit::Mvc>& activation, std::span<ChannelResult> channels) noexcept {
    if (!combine_) return activation;
    const Tick<unit::Mvc> muscles = combine_->process(activation);
    for (std::size_t k = 0; k < channels_.size(); ++k) {
        for (const std::size_t m : channels_[k]) {
            channels[m].muscle_mvc = muscles.value[k];
            channels[m].muscle_status = muscles.status[k];
        }
    }
    return muscles;
}

}  // namespace tonus
