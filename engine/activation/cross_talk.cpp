#include "engine/activation/cross_talk.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kCouplingMax = 0.3;  // beyond it the trial was no isolated contraction

std::vector<double> power_coupling(const CrossTalkConfig& config) {
    const std::size_t n = config.n_sites;
    if (n == 0 || n > Nnls::kSizeMax || config.coupling.size() != n * n) {
        throw usage_error(fmt::format("cross-talk: {} values for {} sites; 1 to {} sites need a square matrix",
                                      config.coupling.size(), n, Nnls::kSizeMax));
    }
    std::vector<double> power = config.coupling;
    for (std::size_t i = 0; i < power.size(); ++i) {
        const bool own = i / n == i % n;
        const bool fits = own ? power[i] == 1.0 : power[i] >= 0.0 && power[i] <= kCouplingMax;
        if (!fits) {
            throw usage_error(fmt::format("cross-talk: the coupling of muscle {} to site {} is {:.4g}; {}", i % n + 1,
                                          i / n + 1, power[i], own ? "a muscle reaches its own site by 1" : "0 to 0.3 is possible"));
        }
        power[i] *= power[i];
    }
    return power;
}

}  // namespace

double coupling_from_trial(double site_power_rise, double muscle_power_rise) noexcept {
    if (!(site_power_rise > 0.0 && muscle_power_rise > 0.0)) return 0.0;
    return std::min(std::sqrt(site_power_rise / muscle_power_rise), kCouplingMax);
}

CrossTalk::CrossTalk(CrossTalkConfig config)
    : enabled_(config.enabled),
      unmix_({.n_rows = config.n_sites, .n_columns = config.n_sites}, power_coupling(config)),
      power_(config.n_sites),
      muscle_(config.n_sites) {}

std::span<const double> CrossTalk::process(std::span<const double> amplitude) noexcept {
    assert(amplitude.size() == muscle_.size());
    if (!enabled_) {
        std::copy(amplitude.begin(), amplitude.end(), muscle_.begin());
        return muscle_;
    }
    for (std::size_t i = 0; i < power_.size(); ++i) power_[i] = amplitude[i] * amplitude[i];
    if (unmix_.solve(power_, muscle_)) {
        for (double& value : muscle_) value = std::sqrt(value);
    } else {
        std::fill(muscle_.begin(), muscle_.end(), std::numeric_limits<double>::quiet_NaN());
    }
    return muscle_;
}

}  // namespace tonus
