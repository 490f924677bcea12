#include "engine/envelope/moving_rms.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr double kValidMin = 0.5;
constexpr double kSaturatedMax = 0.005;
constexpr std::uint32_t kHoldTicks = 100;  // 1 s

Reason cause_of(const TickCounts& sum) noexcept {
    if (sum.n_lead_off > 0) return Reason::lead_off;
    if (sum.n_saturated > 0) return Reason::saturated;
    if (sum.n_not_finite > 0) return Reason::not_a_number;
    if (sum.n_gap > 0) return Reason::gap;
    return Reason::settling;
}

void add(TickCounts& sum, const TickCounts& counts) noexcept {
    sum.n_frames += counts.n_frames;
    sum.n_valid += counts.n_valid;
    sum.n_saturated += counts.n_saturated;
    sum.n_gap += counts.n_gap;
    sum.n_lead_off += counts.n_lead_off;
    sum.n_settling += counts.n_settling;
    sum.n_not_finite += counts.n_not_finite;
}

}  // namespace

MovingRms::MovingRms(RmsConfig config)
    : n_channels_(config.n_channels),
      window_(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(config.window_s / kTickS)))),
      energy_(window_ * n_channels_, 0.0),
      counts_(window_ * n_channels_),
      rms_uv_(n_channels_, 0.0f),
      status_(n_channels_, {.state = ValueState::invalid, .reason = Reason::settling}),
      n_held_(n_channels_, kHoldTicks + 1) {}

Tick<unit::Microvolt> MovingRms::process(const EnergyTick& tick) noexcept {
    const auto slot = static_cast<std::ptrdiff_t>(next_ * n_channels_);
    std::copy(tick.energy_uv2.begin(), tick.energy_uv2.end(), energy_.begin() + slot);
    std::copy(tick.counts.begin(), tick.counts.end(), counts_.begin() + slot);
    next_ = (next_ + 1) % window_;
    n_ticks_ = std::min(n_ticks_ + 1, window_);

    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        double energy = 0.0;
        TickCounts sum;
        for (std::size_t i = 0; i < n_ticks_; ++i) {
            energy += energy_[i * n_channels_ + channel];
            add(sum, counts_[i * n_channels_ + channel]);
        }
        judge(channel, energy, sum);
    }
    return {tick.index, rms_uv_, status_};
}

void MovingRms::judge(std::size_t channel, double energy, const TickCounts& sum) noexcept {
    Status& status = status_[channel];
    // A window that is not full yet is measured against what it will hold.
    const double n_window = static_cast<double>(sum.n_frames) * static_cast<double>(window_) /
                            static_cast<double>(std::max<std::size_t>(n_ticks_, 1));
    const double valid = n_window > 0.0 ? static_cast<double>(sum.n_valid) / n_window : 0.0;
    status.valid_fraction = static_cast<float>(valid);
    // A rail that is held is an electrode off, and what it clipped on the way there is no load.
    status.saturated = static_cast<double>(sum.n_saturated) > kSaturatedMax * n_window && sum.n_lead_off == 0;
    if (valid >= kValidMin) {
        rms_uv_[channel] = static_cast<float>(std::sqrt(energy / static_cast<double>(sum.n_valid)));
        n_held_[channel] = 0;
        status.state = ValueState::valid;
        status.reason = Reason::none;
        return;
    }
    n_held_[channel] = std::min(n_held_[channel] + 1, kHoldTicks + 1);
    status.state = n_held_[channel] > kHoldTicks ? ValueState::invalid : ValueState::held;
    status.reason = cause_of(sum);
}

}  // namespace tonus
