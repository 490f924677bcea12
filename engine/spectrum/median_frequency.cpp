#include "engine/spectrum/median_frequency.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tonus {
namespace {

// Bins are added in groups, four sums at a time: one sum after the other waits for each addition, and
// the search for the half then walks through groups instead of bins.
constexpr std::size_t kSums = 4, kGroup = 16, kGroupsMax = 64;

struct Moments {
    double total = 0.0, moment = 0.0;
};

/// Of the bins from `first` to before `end`.
Moments moments_of(const float* power, std::size_t first, std::size_t end) noexcept {
    double total[kSums] = {}, moment[kSums] = {};
    std::size_t k = first;
    for (; k + kSums <= end; k += kSums) {
        for (std::size_t i = 0; i < kSums; ++i) {
            const auto p = static_cast<double>(power[k + i]);
            total[i] += p;
            moment[i] += p * static_cast<double>(static_cast<int>(k + i));
        }
    }
    for (; k < end; ++k) {
        total[0] += static_cast<double>(power[k]);
        moment[0] += static_cast<double>(power[k]) * static_cast<double>(k);
    }
    return {(total[0] + total[1]) + (total[2] + total[3]), (moment[0] + moment[1]) + (moment[2] + moment[3])};
}

}  // namespace

BandFrequency band_frequency(std::span<const float> power, double bin_hz, double low_hz, double high_hz) noexcept {
    if (power.empty()) return {};
    const auto first = static_cast<std::size_t>(std::ceil(low_hz / bin_hz - 1e-9));
    const auto end = 1 + std::min(power.size() - 1, static_cast<std::size_t>(std::floor(high_hz / bin_hz + 1e-9)));
    const std::size_t n_group = std::max(kGroup, (std::max(first, end) - first + kGroupsMax - 1) / kGroupsMax);
    std::array<double, kGroupsMax> group_total{};
    double total = 0.0, moment = 0.0;
    for (std::size_t k = first, g = 0; k < end; k += n_group, ++g) {
        const Moments group = moments_of(power.data(), k, std::min(k + n_group, end));
        group_total[g] = group.total;
        total += group.total;
        moment += group.moment;
    }
    if (!(total > 0.0) || !std::isfinite(total)) return {};

    double below = 0.0;
    std::size_t k = first;
    for (std::size_t g = 0; k + n_group < end; k += n_group, ++g) {
        if (below + group_total[g] >= 0.5 * total) break;
        below += group_total[g];
    }
    for (; k < end; ++k) {
        const auto p = static_cast<double>(power[k]);
        if (below + p >= 0.5 * total) {
            const double inside = (0.5 * total - below) / p;
            return {.mdf_hz = static_cast<float>(bin_hz * (static_cast<double>(k) - 0.5 + inside)),
                    .mnf_hz = static_cast<float>(bin_hz * moment / total),
                    .power = total,
                    .valid = true};
        }
        below += p;
    }
    return {};
}

}  // namespace tonus
