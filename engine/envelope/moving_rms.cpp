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

/// A float's root is as good as what is left of a double's in a float, and half the price.
float rms_of(double energy_uv2, std::uint32_t n_valid) noexcept { return std::sqrt(static_cast<float>(energy_uv2 * (1.0 / n_valid))); }

}  // namespace

MovingRms::MovingRms(RmsConfig config)
    : n_channels_(config.n_channels),
      window_(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(config.window_s / kTickS)))),
      energy_(window_ * n_channels_, 0.0),
      round_(n_channels_, 0.0),
      zeros_(n_channels_, 0.0),
      counts_(window_ * n_channels_),
      n_clean_frames_(window_, 0),
      sum_(n_channels_, 0.0),
      count_(n_channels_),
      rms_uv_(n_channels_, 0.0f),
      status_(n_channels_, {.state = ValueState::invalid, .reason = Reason::settling}),
      n_held_(n_channels_, kHoldTicks + 1) {}

Tick<unit::Microvolt> MovingRms::process(const EnergyTick& tick) noexcept {
    const bool was_clean = n_clean_ == window_;
    count(tick);
    n_ticks_ = std::min(n_ticks_ + 1, window_);

    // This round's ticks and what is left of the last round's: all of a window, and none subtracted.
    double* const here = energy_.data() + next_ * n_channels_;
    const bool ends_round = next_ + 1 == window_;
    const double* const left = ends_round ? zeros_.data() : here + n_channels_;
    for (std::size_t ch = 0; ch < n_channels_; ++ch) {
        here[ch] = tick.energy_uv2[ch];
        round_[ch] += here[ch];
        sum_[ch] = round_[ch] + left[ch];
    }
    if (ends_round) end_round();
    next_ = ends_round ? 0 : next_ + 1;

    if (was_clean && n_clean_ == window_) {  // nearly always: nothing but the value changes
        const std::uint32_t n_valid = n_channels_ > 0 ? count_[0].n_valid : 0;
        for (std::size_t ch = 0; ch < n_channels_; ++ch) rms_uv_[ch] = rms_of(sum_[ch], n_valid);
    } else {
        for (std::size_t ch = 0; ch < n_channels_; ++ch) judge(ch, sum_[ch], count_[ch]);
    }
    return {tick.index, rms_uv_, status_};
}

/// Every tick becomes the sum of it and those after it: what will be left of this round in the next.
void MovingRms::end_round() noexcept {
    for (std::size_t i = window_ - 1; i-- > 0;) {
        double* const energy = energy_.data() + i * n_channels_;
        for (std::size_t ch = 0; ch < n_channels_; ++ch) energy[ch] += energy[n_channels_ + ch];
    }
    std::fill(round_.begin(), round_.end(), 0.0);
}

/// Where a whole tick takes the place of one with as many frames no count changes.
void MovingRms::count(const EnergyTick& tick) noexcept {
    const std::uint32_t n_clean = tick.n_whole, n_was = n_clean_frames_[next_];
    if (n_clean > 0 && n_clean == n_was) return;
    n_clean_frames_[next_] = n_clean;
    n_clean_ += (n_clean > 0 ? 1u : 0u);
    n_clean_ -= (n_was > 0 ? 1u : 0u);
    TickCounts* const slot = counts_.data() + next_ * n_channels_;
    for (std::size_t ch = 0; ch < n_channels_; ++ch) add(count_[ch], tick.counts[ch], slot[ch]);
    std::copy(tick.counts.begin(), tick.counts.end(), slot);
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
        rms_uv_[channel] = rms_of(energy, sum.n_valid);
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
