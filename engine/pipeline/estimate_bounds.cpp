#include "engine/pipeline/estimate_bounds.hpp"

namespace tonus {

EstimateBounds::EstimateBounds(std::span<const std::optional<MvcReference>> references)
    : normalise_(references),
      combed_uv_(references.size(), 0.0f),
      uncombed_uv_(references.size(), 0.0f),
      combed_status_(references.size()),
      uncombed_status_(references.size()) {}

void EstimateBounds::set(std::size_t channel, const ChannelResult& estimate, double kept, float uncombed_uv, const Status& uncombed) noexcept {
    combed_uv_[channel] = estimate.rms_uv * static_cast<float>(kept);
    combed_status_[channel] = estimate.rms_status;
    uncombed_uv_[channel] = uncombed_uv;
    uncombed_status_[channel] = uncombed;
}

void EstimateBounds::process(std::uint64_t tick, std::span<ChannelResult> channels) noexcept {
    const Tick<unit::Mvc> combed = normalise_.process({tick, combed_uv_, combed_status_});
    for (std::size_t ch = 0; ch < channels.size(); ++ch) channels[ch].combed_mvc = combed.value[ch];
    const Tick<unit::Mvc> uncombed = normalise_.process({tick, uncombed_uv_, uncombed_status_});
    for (std::size_t ch = 0; ch < channels.size(); ++ch) channels[ch].uncombed_mvc = uncombed.value[ch];
}

}  // namespace tonus
