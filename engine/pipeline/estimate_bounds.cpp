#include "engine/pipeline/estimate_bounds.hpp"

namespace tonus {

EstimateBounds::EstimateBounds(std::span<const std::optional<MvcReference>> references)
    : normalise_(references), combed_uv_(references.size(), 0.0f), uncombed_uv_(references.size(), 0.0f) {}

void EstimateBounds::set(std::size_t channel, float estimate_uv, double kept, float uncombed_uv) noexcept {
    combed_uv_[channel] = estimate_uv * static_cast<float>(kept);
    uncombed_uv_[channel] = uncombed_uv;
}

void EstimateBounds::process(std::span<ChannelResult> channels) noexcept {
    const std::span<const float> combed = normalise_.values(combed_uv_);
    for (std::size_t ch = 0; ch < channels.size(); ++ch) channels[ch].combed_mvc = combed[ch];
    const std::span<const float> uncombed = normalise_.values(uncombed_uv_);
    for (std::size_t ch = 0; ch < channels.size(); ++ch) channels[ch].uncombed_mvc = uncombed[ch];
}

}  // namespace tonus
