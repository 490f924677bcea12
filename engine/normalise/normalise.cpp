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
    : rest_uv2_(references.size(), 0.0f), per_uv_(references.size(), 0.0f), values_(references.size(), 0.0f), status_(references.size()) {
    for (std::size_t ch = 0; ch < references.size(); ++ch) {
        problem_.push_back(reference_problem(references[ch]));
        if (problem_[ch] != Reason::none) continue;
        const double mvc = references[ch]->unbiased_mvc_uv();
        const double rest = references[ch]->rest_uv;
        rest_uv2_[ch] = static_cast<float>(rest * rest);
        per_uv_[ch] = static_cast<float>(1.0 / std::sqrt(mvc * mvc - rest * rest));
    }
}

Tick<unit::Mvc> Normalise::process(const Tick<unit::Microvolt>& envelope, bool status_changed) noexcept {
    for (std::size_t ch = 0; status_changed && ch < problem_.size(); ++ch) {
        status_[ch] = envelope.status[ch];
        if (problem_[ch] == Reason::none) continue;
        status_[ch].state = ValueState::invalid;
        status_[ch].reason = std::max(status_[ch].reason, problem_[ch]);
    }
    return {envelope.index, values(envelope.value), status_};
}

std::span<const float> Normalise::values(std::span<const float> envelope_uv) noexcept {
    const float *const uv = envelope_uv.data(), *const rest_uv2 = rest_uv2_.data(), *const per_uv = per_uv_.data();
    float* const out = values_.data();
    for (std::size_t ch = 0; ch < values_.size(); ++ch) {
        const float power = std::max(uv[ch] * uv[ch] - rest_uv2[ch], 0.0f);
        out[ch] = std::min(std::sqrt(power) * per_uv[ch], kActivationMax);
    }
    return values_;
}

}  // namespace tonus
