#include "engine/condition/heart_lead.hpp"

#include <algorithm>

#include "engine/core/block.hpp"

namespace tonus {
namespace {

constexpr double kSettleS = 0.5, kJudgeS = 5.0;
constexpr double kKurtosisMin = 6.0;   // Gaussian muscle has 3
constexpr double kKurtosisLead = 1.5;  // a new channel must be this much better

}  // namespace

HeartLead::HeartLead(Rate rate, std::size_t n_channels)
    : n_settling_(rate.frames_in(kSettleS)),
      n_judged_(rate.frames_in(kJudgeS)),
      n_channels_(n_channels),
      square_(padded_lanes(n_channels), 0.0),
      fourth_(padded_lanes(n_channels), 0.0),
      n_flagged_(padded_lanes(n_channels), 0) {}

void HeartLead::restart() noexcept {
    std::fill(square_.begin(), square_.end(), 0.0);
    std::fill(fourth_.begin(), fourth_.end(), 0.0);
    std::fill(n_flagged_.begin(), n_flagged_.end(), 0u);
    n_frames_ = 0;
}

void HeartLead::add(const float* banded, const std::uint8_t* flags) noexcept {
    if (n_frames_++ < n_settling_) return;
    const std::size_t stride = square_.size();
    const bool flagged = add_squares_and_fourths({banded, flags, stride, 1}, square_.data(), fourth_.data());
    for (std::size_t lane = 0; flagged && lane < stride; ++lane) n_flagged_[lane] += flags[lane] != 0 ? 1u : 0u;
}

/// 0 for a channel that was away for most of the time.
double HeartLead::kurtosis(std::size_t channel) const noexcept {
    const std::uint64_t n_looked = n_frames_ - n_settling_, n_usable = n_looked - n_flagged_[channel];
    if (2 * n_usable < n_looked || square_[channel] <= 0.0) return 0.0;
    return fourth_[channel] * static_cast<double>(n_usable) / (square_[channel] * square_[channel]);
}

bool HeartLead::look() noexcept {
    std::size_t best = 0;
    for (std::size_t ch = 1; ch < n_channels_; ++ch) {
        if (kurtosis(ch) > kurtosis(best)) best = ch;
    }
    const bool better = best != channel_ && kurtosis(best) > kKurtosisLead * kurtosis(channel_);
    const bool stands_out = kurtosis(better ? best : channel_) > kKurtosisMin;
    const bool changes = better && stands_out;
    if (changes) channel_ = best;
    // Under a hard contraction the heart drowns; it is believed to go on until beats stop.
    found_ |= stands_out;
    restart();
    return changes;
}

}  // namespace tonus
