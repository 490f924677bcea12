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

/// Counts are whole numbers: a running sum of them never goes wrong.
void add(TickCounts& sum, const TickCounts& in, const TickCounts& out) noexcept {
    sum.n_frames += in.n_frames - out.n_frames;
    sum.n_valid += in.n_valid - out.n_valid;
    sum.n_saturated += in.n_saturated - out.n_saturated;
    sum.n_gap += in.n_gap - out.n_gap;
    sum.n_lead_off += in.n_lead_off - out.n_lead_off;
    sum.n_settling += in.n_settling - out.n_settling;
    sum.n_not_finite += in.n_not_finite - out.n_not_finite;
}

}  // namespace

MovingRms::MovingRms(RmsConfig config)
    : n_channels_(config.n_channels),
      window_(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(config.window_s / kTickS)))),
      energy_(window_ * n_channels_, 0.0),
      counts_(window_ * n_channels_),
      sum_(n_channels_, 0.0),
      count_(n_channels_),
      rms_uv_(n_channels_, 0.0f),
      status_(n_channels_, {.state = ValueState::invalid, .reason = Reason::settling}),
      n_held_(n_channels_, kHoldTicks + 1) {}

Tick<unit::Microvolt> MovingRms::process(const EnergyTick& tick) noexcept {
    const auto slot = static_cast<std::ptrdiff_t>(next_ * n_channels_);
    for (std::size_t ch = 0; ch < n_channels_; ++ch) add(count_[ch], tick.counts[ch], counts_[next_ * n_channels_ + ch]);
    std::copy(tick.energy_uv2.begin(), tick.energy_uv2.end(), energy_.begin() + slot);
    std::copy(tick.counts.begin(), tick.counts.end(), counts_.begin() + slot);
    next_ = (next_ + 1) % window_;
    n_ticks_ = std::min(n_ticks_ + 1, window_);

    // Channels are the inner loop, and the one that vectorises.
    std::fill(sum_.begin(), sum_.end(), 0.0);
    for (std::size_t i = 0; i < n_ticks_; ++i) {
        const double* const energy = energy_.data() + i * n_channels_;
        for (std::size_t ch = 0; ch < n_channels_; ++ch) sum_[ch] += energy[ch];
    }
    for (std::size_t ch = 0; ch < n_channels_; ++ch) judge(ch, sum_[ch], count_[ch]);
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
