#include "engine/normalise/rest_level.hpp"

#include <algorithm>
#include <cmath>

#include "engine/core/rate.hpp"

namespace tonus {
namespace {

constexpr double kQuantile = 0.2;
constexpr double kQuantileZ = 0.84;  // the normal's 20th percentile lies this many SD under its mean

}  // namespace

RestLevel::RestLevel(std::size_t n_channels, double window_s)
    : window_s_(window_s), rms_uv_(n_channels) {}

void RestLevel::process(const Tick<unit::Microvolt>& envelope) {
    for (std::size_t ch = 0; ch < rms_uv_.size(); ++ch) {
        if (envelope.status[ch].state == ValueState::valid) rms_uv_[ch].push_back(envelope.value[ch]);
    }
}

std::optional<double> RestLevel::rest_uv(std::size_t channel, double bandwidth_hz) const {
    std::vector<float> sorted = rms_uv_[channel];
    if (static_cast<double>(sorted.size()) * kTickS < kSecondsMin) return std::nullopt;
    const auto nth = static_cast<std::ptrdiff_t>(kQuantile * static_cast<double>(sorted.size()));
    std::nth_element(sorted.begin(), sorted.begin() + nth, sorted.end());
    // One RMS of a window spreads by 1 / (2 sqrt(B T)) around the level (domain 3.1): 1.07 for
    // 160 Hz and 250 ms.
    const double relative_sd = 0.5 / std::sqrt(bandwidth_hz * window_s_);
    const double level_uv = static_cast<double>(sorted[static_cast<std::size_t>(nth)]) / (1.0 - kQuantileZ * relative_sd);
    // Rest is the amplifier's noise, wider than muscle, or hum, which does not spread at all: that
    // much would be put back too much. The level is never above the middle of what was seen.
    const auto half = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), half, sorted.end());
    return std::min(level_uv, static_cast<double>(*half));
}

}  // namespace tonus
