#include "engine/pipeline/reference_watch.hpp"

namespace tonus {
namespace {

// In a row, before it is said.
constexpr std::uint32_t kOverTicks = 51;      // more than 0.5 s
constexpr std::uint32_t kLoudTicks = 6001;    // a minute: longer than most holds
constexpr std::uint32_t kSilentTicks = 101;
constexpr double kRestFactor = 2.0;

std::uint32_t in_a_row(std::uint32_t n, bool once_more, std::uint32_t watched) noexcept {
    return watched != 0 && !once_more ? 0 : n + watched;
}

}  // namespace

ReferenceWatch::ReferenceWatch(std::vector<double> rest_uv)
    : watched_(rest_uv.size(), 0),
      n_over_(rest_uv.size(), 0),
      n_loud_(rest_uv.size(), 0),
      n_silent_(rest_uv.size(), 0),
      said_over_(rest_uv.size(), false),
      said_rest_(rest_uv.size(), false) {
    for (const double uv : rest_uv) {
        has_reference_.push_back(uv > 0.0);
        loud_uv_.push_back(static_cast<float>(kRestFactor * uv));
        silent_uv_.push_back(static_cast<float>(uv / kRestFactor));
    }
}

void ReferenceWatch::process(const Tick<unit::Microvolt>& envelope, const Tick<unit::Mvc>& activation, bool status_changed, double time_s,
                             ResultPort& out) noexcept {
    for (std::size_t m = 0; status_changed && m < watched_.size(); ++m) {
        watched_[m] = has_reference_[m] && activation.status[m].state == ValueState::valid ? 1 : 0;
    }
    const float *const uv = envelope.value.data(), *const mvc = activation.value.data();
    const float *const loud_uv = loud_uv_.data(), *const silent_uv = silent_uv_.data();
    const std::uint32_t* const watched = watched_.data();
    std::uint32_t *const n_over = n_over_.data(), *const n_loud = n_loud_.data(), *const n_silent = n_silent_.data();
    std::uint32_t any = 0;
    for (std::size_t m = 0; m < watched_.size(); ++m) {
        n_over[m] = in_a_row(n_over[m], mvc[m] > 1.0f, watched[m]);
        n_loud[m] = in_a_row(n_loud[m], uv[m] > loud_uv[m], watched[m]);
        n_silent[m] = in_a_row(n_silent[m], uv[m] < silent_uv[m], watched[m]);
        any |= (n_over[m] == kOverTicks ? 1u : 0u) | (n_loud[m] == kLoudTicks ? 1u : 0u) | (n_silent[m] == kSilentTicks ? 1u : 0u);
    }
    for (std::size_t m = 0; any != 0 && m < watched_.size(); ++m) say(m, uv[m], time_s, out);
}

void ReferenceWatch::say(std::size_t m, float rms_uv, double time_s, ResultPort& out) noexcept {
    if (n_over_[m] >= kOverTicks && !said_over_[m]) {
        said_over_[m] = true;
        out.event({.kind = EventKind::over_reference, .time_s = time_s, .stream = m});
    }
    if ((n_loud_[m] >= kLoudTicks || n_silent_[m] >= kSilentTicks) && !said_rest_[m]) {
        said_rest_[m] = true;
        out.event({.kind = EventKind::rest_changed, .time_s = time_s, .stream = m, .value = static_cast<double>(rms_uv)});
    }
}

}  // namespace tonus
