#include "engine/condition/heart_lead.hpp"

#include <algorithm>

#include "engine/core/block.hpp"

namespace tonus {
namespace {

constexpr double kJudgeS = 5.0;
constexpr double kKurtosisMin = 6.0;   // Gaussian muscle has 3
constexpr double kKurtosisLead = 1.5;  // a new channel must be this much better

}  // namespace

HeartLead::HeartLead(Rate rate, std::size_t n_channels)
    : n_judged_(rate.frames_in(kJudgeS)),
      n_channels_(n_channels),
      square_(padded_lanes(n_channels), 0.0),
      fourth_(padded_lanes(n_channels), 0.0),
      n_usable_(padded_lanes(n_channels), 0) {}

void HeartLead::add(const FlaggedFrames<float>& banded) noexcept {
    add_squares_and_fourths(banded, square_.data(), fourth_.data());
    for (std::size_t group = 0; group < banded.stride; group += kLanes) {
        const std::uint8_t* const flags = banded.flags + group;
        const bool flagged = any_flagged(flags, banded.stride, banded.n_frames);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            if (!flagged) n_usable_[group + lane] += banded.n_frames;
            for (std::size_t i = 0; flagged && i < banded.n_frames; ++i) n_usable_[group + lane] += flags[i * banded.stride + lane] == 0 ? 1u : 0u;
        }
    }
    n_frames_ += banded.n_frames;
}

bool HeartLead::look(bool may_change) noexcept {
    // A channel that was away for most of the time is not asked.
    const auto kurtosis = [&](std::size_t ch) {
        const bool enough = 2 * n_usable_[ch] >= n_frames_ && square_[ch] > 0.0;
        return enough ? fourth_[ch] * static_cast<double>(n_usable_[ch]) / (square_[ch] * square_[ch]) : 0.0;
    };
    std::size_t best = 0;
    for (std::size_t ch = 1; ch < n_channels_; ++ch) {
        if (kurtosis(ch) > kurtosis(best)) best = ch;
    }
    const bool better = may_change && best != channel_ && kurtosis(best) > kKurtosisLead * kurtosis(channel_);
    const bool stands_out = kurtosis(better ? best : channel_) > kKurtosisMin;
    const bool changes = better && stands_out;
    if (changes) channel_ = best;
    // Under a hard contraction the heart drowns; it is believed to go on until beats stop.
    found_ |= stands_out;
    std::fill(square_.begin(), square_.end(), 0.0);
    std::fill(fourth_.begin(), fourth_.end(), 0.0);
    std::fill(n_usable_.begin(), n_usable_.end(), 0u);
    n_frames_ = 0;
    return changes;
}

}  // namespace tonus
