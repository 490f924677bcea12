#include "engine/load/cusum_onset.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

EnergyEvidence evidence_of(const CusumOnsetConfig& config, std::span<const float> baseline) {
    check_baseline(baseline, config.rate);
    const double weight = 2.0 * config.bandwidth_hz / config.rate.hz();
    if (!(config.power_ratio > 1.0 && config.threshold > 0.0 && weight > 0.0 && weight <= 1.0)) {
        throw usage_error(fmt::format(
            "onset: power_ratio = {:.4g}, threshold = {:.4g}, bandwidth_hz = {:.4g} at {:.6g} Hz: above 1, above 0 and up "
            "to half of the rate are possible (4, 12 and 160 are the default)", config.power_ratio, config.threshold,
            config.bandwidth_hz, config.rate.hz()));
    }
    double energy = 0.0;
    for (const float x : baseline) energy += static_cast<double>(x) * static_cast<double>(x);
    const double rest = std::sqrt(energy / static_cast<double>(baseline.size()));
    return {{.low = rest, .high = rest * std::sqrt(config.power_ratio)}, weight};
}

}  // namespace

CusumOnset::CusumOnset(CusumOnsetConfig config, std::span<const float> baseline)
    : evidence_(evidence_of(config, baseline)), threshold_(config.threshold) {}

OnsetResult CusumOnset::process(float sample, bool valid) noexcept {
    const std::uint64_t index = index_++;
    if (!valid || !std::isfinite(sample)) return {.active = active_};
    const auto x = static_cast<double>(sample);
    const double for_contraction = evidence_.of(x * x, 1.0);
    if (sum_ <= 0.0) reset_ = index;
    sum_ = std::max(0.0, sum_ + (active_ ? -for_contraction : for_contraction));
    if (sum_ <= threshold_) return {.active = active_};
    sum_ = 0.0;
    active_ = !active_;
    return {.active = active_, .change = active_ ? Change::onset : Change::offset, .since = reset_};
}

}  // namespace tonus
