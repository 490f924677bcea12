#include "engine/spectrum/median_frequency.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {

BandFrequency band_frequency(std::span<const float> power, double bin_hz, double low_hz, double high_hz) noexcept {
    const auto first = static_cast<std::size_t>(std::ceil(low_hz / bin_hz - 1e-9));
    const auto last = std::min(power.size() - 1, static_cast<std::size_t>(std::floor(high_hz / bin_hz + 1e-9)));
    double total = 0.0, moment = 0.0;
    for (std::size_t k = first; k <= last && k < power.size(); ++k) {
        total += static_cast<double>(power[k]);
        moment += static_cast<double>(power[k]) * static_cast<double>(k);
    }
    if (!(total > 0.0) || !std::isfinite(total)) return {};

    double below = 0.0;
    for (std::size_t k = first; k <= last; ++k) {
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
