#include "engine/pipeline/channel_tally.hpp"

#include <limits>

#include "engine/core/rate.hpp"

namespace tonus {

namespace {

/// Apart from the counts, with which it would not vectorise.
void add_values(const float* values, std::span<const float> most, std::span<double> sum, std::span<float> peak) noexcept {
    for (std::size_t i = 0; i < most.size(); ++i) {
        const float value = values[i] < most[i] ? values[i] : most[i];
        sum[i] += static_cast<double>(value);
        peak[i] = peak[i] < value ? value : peak[i];
    }
}

}  // namespace

ChannelTally::ChannelTally(std::size_t n_channels, const LoadFlagConfig& load)
    : valid_(n_channels, 0),
      n_valid_(n_channels, 0),
      over_(n_channels, 0),
      n_over_(n_channels, 0),
      sum_mvc_(n_channels, 0.0),
      peak_mvc_(n_channels, 0.0f),
      most_mvc_(n_channels, 0.0f),
      quiet_above_mvc_(n_channels, 0.0f),
      quiet_below_mvc_(n_channels, 0.0f),
      flags_(n_channels, LoadFlag{load}) {}

void ChannelTally::add(const Tick<unit::Mvc>& activation, bool status_changed) noexcept {
    if (status_changed) take_status(activation.status);
    ++n_since_;
    const float *const mvc = activation.value.data(), *const above = quiet_above_mvc_.data(), *const below = quiet_below_mvc_.data();
    const std::size_t n = flags_.size();
    std::uint32_t any = 0;
    for (std::size_t ch = 0; ch < n; ++ch) any |= (mvc[ch] > above[ch] ? 0u : 1u) | (mvc[ch] < below[ch] ? 0u : 1u);
    for (std::size_t ch = 0; any != 0 && ch < n; ++ch) {
        if (!(mvc[ch] > above[ch] && mvc[ch] < below[ch])) process_flag(ch, activation);
    }
    for (std::size_t ch = 0; n_on_ > 0 && ch < n; ++ch) n_over_[ch] += over_[ch];
    add_values(mvc, most_mvc_, sum_mvc_, peak_mvc_);
}

void ChannelTally::take_status(std::span<const Status> status) noexcept {
    for (std::size_t ch = 0; ch < flags_.size(); ++ch) {
        n_valid_[ch] += valid_[ch] * n_since_;
        valid_[ch] = status[ch].state == ValueState::valid ? 1 : 0;
        most_mvc_[ch] = valid_[ch] != 0 ? std::numeric_limits<float>::infinity() : 0.0f;
        const LoadFlag::Quiet quiet = flags_[ch].quiet();
        quiet_above_mvc_[ch] = quiet.above_mvc;
        quiet_below_mvc_[ch] = valid_[ch] != 0 ? quiet.below_mvc : quiet.above_mvc;  // the flag counts ticks without a value
    }
    n_since_ = 0;
}

void ChannelTally::process_flag(std::size_t channel, const Tick<unit::Mvc>& activation) noexcept {
    LoadFlag& flag = flags_[channel];
    const bool valid = valid_[channel] != 0;
    const Reason reason = valid ? Reason::none : activation.status[channel].reason;
    n_on_ -= over_[channel];
    over_[channel] = flag.process({activation.index, activation.value[channel], valid, reason}).state == LoadState::over ? 1 : 0;
    n_on_ += over_[channel];
    const LoadFlag::Quiet quiet = flag.quiet();
    quiet_above_mvc_[channel] = quiet.above_mvc;
    quiet_below_mvc_[channel] = quiet.below_mvc;
}

double ChannelTally::over_s(std::size_t channel) const noexcept { return static_cast<double>(n_over_[channel]) * kTickS; }

double ChannelTally::mean_mvc(std::size_t channel) const noexcept {
    const std::uint64_t n = n_valid(channel);
    return n > 0 ? sum_mvc_[channel] / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
}

double ChannelTally::peak_mvc(std::size_t channel) const noexcept {
    return n_valid(channel) > 0 ? static_cast<double>(peak_mvc_[channel]) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace tonus
