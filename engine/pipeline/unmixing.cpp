#include "engine/pipeline/unmixing.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

CrossTalkConfig coupling_of(const Session& session) {
    const std::size_t n = session.channels.size();
    CrossTalkConfig config{.enabled = true, .n_sites = n, .coupling = std::vector<double>(n * n, 0.0)};
    for (std::size_t i = 0; i < n; ++i) config.coupling[i * n + i] = 1.0;
    for (const SessionCrossTalk& talk : session.cross_talk) config.coupling[talk.to * n + talk.from] = talk.amplitude;
    return config;
}

}  // namespace

Unmixing::Unmixing(const Session& session) : muscle_uv_(session.channels.size()), unmix_(coupling_of(session)) {
    for (const SessionChannel& channel : session.channels) {
        Scale scale{.problem = reference_problem(channel.reference)};
        if (scale.problem == Reason::none) {
            const double rest_uv2 = channel.reference->rest_uv * channel.reference->rest_uv, mvc_uv = channel.reference->unbiased_mvc_uv();
            scale.rest_uv2 = rest_uv2;
            scale.per_uv = 1.0 / std::sqrt(mvc_uv * mvc_uv - rest_uv2);
        }
        scales_.push_back(scale);
    }
}

void Unmixing::process(std::span<ChannelResult> channels) noexcept {
    for (std::size_t m = 0; m < channels.size(); ++m) {
        const auto rms_uv = static_cast<double>(channels[m].rms_uv);
        const bool known = channels[m].rms_status.state == ValueState::valid;
        muscle_uv_[m] = known ? std::sqrt(std::max(rms_uv * rms_uv - scales_[m].rest_uv2, 0.0)) : std::nan("");
    }
    const std::span<const double> unmixed_uv = unmix_.process(muscle_uv_);
    for (std::size_t m = 0; m < channels.size(); ++m) {
        channels[m].unmixed_mvc = static_cast<float>(unmixed_uv[m] * scales_[m].per_uv);
        channels[m].unmixed_status = channels[m].rms_status;
        if (std::isfinite(unmixed_uv[m]) && scales_[m].problem == Reason::none) continue;
        channels[m].unmixed_mvc = 0.0f;
        channels[m].unmixed_status.state = ValueState::invalid;
        channels[m].unmixed_status.reason = scales_[m].problem != Reason::none ? scales_[m].problem : Reason::group_incomplete;
    }
}

}  // namespace tonus
