#include "engine/normalise/normalise.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

// More than twice the maximum is a bad reference or an artefact, and ruins every scale it is
// drawn on (domain 5.1).
constexpr float kActivationMax = 2.0f;

}  // namespace

Normalise::Normalise(std::span<const std::optional<MvcReference>> references)
    : scales_(references.size()), values_(references.size(), 0.0f), status_(references.size()) {
    for (std::size_t ch = 0; ch < references.size(); ++ch) {
        Scale& scale = scales_[ch];
        scale.problem = reference_problem(references[ch]);
        if (scale.problem != Reason::none) continue;
        const double mvc = references[ch]->unbiased_mvc_uv();
        const double rest = references[ch]->rest_uv;
        scale.rest_uv2 = static_cast<float>(rest * rest);
        scale.per_uv = static_cast<float>(1.0 / std::sqrt(mvc * mvc - rest * rest));
    }
}

Tick<unit::Mvc> Normalise::process(const Tick<unit::Microvolt>& envelope) noexcept {
    for (std::size_t ch = 0; ch < scales_.size(); ++ch) {
        const Scale& scale = scales_[ch];
        status_[ch] = envelope.status[ch];
        if (scale.problem != Reason::none) {
            values_[ch] = 0.0f;
            status_[ch].state = ValueState::invalid;
            status_[ch].reason = std::max(status_[ch].reason, scale.problem);
            continue;
        }
        const float rms = envelope.value[ch];
        const float power = std::max(rms * rms - scale.rest_uv2, 0.0f);
        values_[ch] = std::min(std::sqrt(power) * scale.per_uv, kActivationMax);
    }
    return {envelope.index, values_, status_};
}

}  // namespace tonus
