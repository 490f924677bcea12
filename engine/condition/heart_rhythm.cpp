#include "engine/condition/heart_rhythm.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr double kAlike = 0.1;         // intervals of one rhythm
constexpr std::size_t kAgreeMin = 7;   // of the last twenty-four
constexpr double kPhase = 0.2, kLostBeats = 6.0;

}  // namespace

void HeartRhythm::reset() noexcept {
    n_intervals_ = 0;
    last_ = before_last_ = 0;
    any_ = false;
    interval_s_ = 0.0;
}

/// Keeps the interval to the last candidate and to the one before it, which may have been false.
void HeartRhythm::note(std::uint64_t r) noexcept {
    const auto keep = [&](std::uint64_t before) {
        const double s = rate_.time_s(r - std::min(r, before));
        if (s >= kRrMinS && s <= kRrMaxS) intervals_s_[n_intervals_++ % kIntervals] = s;
    };
    if (any_) keep(last_);
    if (before_last_ > 0) keep(before_last_);
    before_last_ = any_ ? last_ : 0;
    last_ = r;
    any_ = true;

    Agreement best;
    for (std::size_t i = 0; i < std::min(n_intervals_, kIntervals); ++i) {
        const Agreement here = agreement_on(intervals_s_[i]);
        if (here.n > best.n) best = here;
    }
    // Every second interval agrees as well as every one: the shorter is the rhythm.
    const Agreement half = agreement_on(0.5 * best.mean_s);
    if (2 * half.n >= best.n) best = half;
    const bool was_lost = known() && r > last_good_ + rate_.frames_in(kLostBeats * interval_s_);
    if (best.n >= kAgreeMin) {
        if (!known() || was_lost) last_good_ = r;
        interval_s_ = best.mean_s;
    } else if (was_lost) {
        interval_s_ = 0.0;
    }
}

/// How many of the kept intervals are like this one, and their mean.
HeartRhythm::Agreement HeartRhythm::agreement_on(double interval_s) const noexcept {
    Agreement agreement;
    for (std::size_t j = 0; j < std::min(n_intervals_, kIntervals); ++j) {
        if (std::abs(intervals_s_[j] - interval_s) > kAlike * interval_s) continue;
        ++agreement.n;
        agreement.mean_s += (intervals_s_[j] - agreement.mean_s) / static_cast<double>(agreement.n);
    }
    return agreement;
}

bool HeartRhythm::is_due(std::uint64_t r) const noexcept {
    const double phase = rate_.time_s(r - std::min(r, last_good_)) / interval_s_;
    const double whole = std::round(phase);
    return r == last_good_ || (whole >= 1.0 && std::abs(phase - whole) <= kPhase);
}

}  // namespace tonus
