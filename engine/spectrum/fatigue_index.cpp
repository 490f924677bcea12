#include "engine/spectrum/fatigue_index.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {

std::optional<double> fatigue_index(std::span<const float> power, double bin_hz, double low_hz, double high_hz) noexcept {
    if (power.empty() || !(bin_hz > 0.0 && low_hz > 0.0 && high_hz >= low_hz)) return std::nullopt;
    // Bin 0 would divide by 0. Compared as numbers before they become counts: a wide band has no end.
    const double last_bin = std::min(std::floor(high_hz / bin_hz + 1e-9), static_cast<double>(power.size() - 1));
    const double first_bin = std::max(1.0, std::ceil(low_hz / bin_hz - 1e-9));
    double low_moment = 0.0, high_moment = 0.0;
    for (double k = first_bin; k <= last_bin; k += 1.0) {
        const double f_hz = bin_hz * k, f2 = f_hz * f_hz;
        const auto p = static_cast<double>(power[static_cast<std::size_t>(k)]);
        low_moment += p / f_hz;
        high_moment += p * f2 * f2 * f_hz;
    }
    if (!(low_moment > 0.0 && high_moment > 0.0) || !std::isfinite(low_moment) || !std::isfinite(high_moment)) return std::nullopt;
    return low_moment / high_moment;
}

FatigueIndex::FatigueIndex(FatigueIndexConfig config) : config_(config), first_(config.n_channels, 0.0) {
    const bool ordered = config.bin_hz > 0.0 && config.bin_hz <= config.low_hz && config.low_hz < config.high_hz && std::isfinite(config.high_hz);
    if (!ordered) {
        throw usage_error(fmt::format("fatigue index: bin_hz = {}, low_hz = {} and high_hz = {} must keep 0 < bin <= low < high "
                                      "(1, 10 and 500 with windows of 1 s at 2 kHz)",
                                      config.bin_hz, config.low_hz, config.high_hz));
    }
}

std::optional<double> FatigueIndex::process(std::size_t channel, std::span<const float> power) noexcept {
    const std::optional<double> index = fatigue_index(power, config_.bin_hz, config_.low_hz, config_.high_hz);
    if (!index) return std::nullopt;
    double& first = first_[channel];
    if (first == 0.0) first = *index;
    return *index / first;
}

void FatigueIndex::restart(std::size_t channel) noexcept { first_[channel] = 0.0; }

}  // namespace tonus
