#include "engine/envelope/centred_rms.hpp"

#include <cmath>

namespace tonus {

CentredRms::CentredRms(RmsConfig config)
    : rms_(config),
      shift_(static_cast<std::size_t>(std::lround(config.window_s / kTickS)) / 2),
      no_energy_(config.n_channels, 0.0),
      no_counts_(config.n_channels) {}

std::optional<Tick<unit::Microvolt>> CentredRms::process(const EnergyTick& tick) noexcept {
    for (std::size_t channel = 0; channel < no_counts_.size(); ++channel) {
        const std::uint32_t n_frames = tick.counts[channel].n_frames;
        no_counts_[channel] = {.n_frames = n_frames, .n_gap = n_frames};
    }
    last_index_ = tick.index;
    Tick<unit::Microvolt> value = rms_.process(tick);
    n_owed_ = n_owed_ < shift_ ? n_owed_ + 1 : shift_;
    if (++n_taken_ <= shift_) return std::nullopt;
    value.index -= shift_;
    return value;
}

std::optional<Tick<unit::Microvolt>> CentredRms::finish() noexcept {
    while (n_owed_ > 0) {
        Tick<unit::Microvolt> value = rms_.process({++last_index_, no_energy_, no_counts_});
        // A recording shorter than half a window owes its first tick not before the window is there.
        if (++n_taken_ <= shift_) continue;
        --n_owed_;
        value.index -= shift_;
        return value;
    }
    return std::nullopt;
}

}  // namespace tonus
