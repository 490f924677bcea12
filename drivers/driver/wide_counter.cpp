#include "drivers/driver/wide_counter.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr double kWindowS = 0.5;
constexpr double kSilenceS = 0.25;     // longer than links hold back what they have
constexpr double kDriftPerS = 500e-6;  // of the device's clock against ours, at most
constexpr double kAheadS = 0.25;       // links hand over sooner and later by less
constexpr std::uint64_t kLateShare = 8;  // of a turn: what lies so little behind is late, not a turn ahead

}  // namespace

double WideCounter::lateness_s(std::uint64_t count, std::int64_t now_ns) const noexcept {
    return static_cast<double>(now_ns) * 1e-9 - rate_.time_s(count);
}

std::uint64_t WideCounter::place(std::uint64_t raw) const noexcept {
    const std::uint64_t n_ahead = (raw + modulus_ - newest_ % modulus_) % modulus_;
    const std::uint64_t n_behind = modulus_ - n_ahead;
    const bool is_late = may_be_late_ && n_behind <= modulus_ / kLateShare && n_behind <= newest_;
    return is_late ? newest_ - n_behind : newest_ + n_ahead;
}

void WideCounter::arrived(std::uint64_t last, std::size_t n, std::int64_t now_ns) noexcept {
    if (n == 0) return;
    const double away_s = static_cast<double>(now_ns - newest_ns_) * 1e-9;
    const double turn_s = rate_.time_s(modulus_);
    const bool window_over = !started_ || now_ns >= window_ends_ns_;
    newest_ns_ = now_ns;
    const double ahead_s = std::min(kAheadS, turn_s / static_cast<double>(kLateShare));
    const double gone_s = started_ ? std::max(away_s, 0.0) : 0.0;
    ahead_max_ = n + rate_.frames_in(ahead_s + gone_s);
    // What is believed ahead by mistake must be no more than what is then taken for late, unless the time
    // itself allows more: those that follow would be put a turn ahead, for good.
    const std::uint64_t late_max = modulus_ / kLateShare;
    if (n + rate_.frames_in(gone_s) <= late_max) ahead_max_ = std::min(ahead_max_, late_max);
    if (counting_) {
        may_be_late_ = modulus_ >= kTellingModulus && away_s < turn_s / 4;
        least_lateness_s_ += kDriftPerS * away_s;
        std::uint64_t reaches = place(last);
        if (is_too_far(reaches)) return;  // its number says nothing of the clock
        while (reaches + modulus_ / 2 < newest_ + n) reaches += modulus_;  // this read alone is longer than a turn
        const double late_s = lateness_s(reaches, now_ns);
        window_least_s_ = std::min(window_least_s_, late_s);

        const bool after_silence = away_s > std::max(kSilenceS, turn_s);
        const double excess_s = (after_silence ? late_s : window_least_s_) - least_lateness_s_;
        if ((after_silence || window_over) && excess_s > 0.5 * turn_s) {
            const auto n_turns = static_cast<std::uint64_t>(std::llround(excess_s / turn_s));
            turns_by_clock_ += n_turns;
            newest_ += n_turns * modulus_;
        } else {
            least_lateness_s_ = std::min(least_lateness_s_, late_s);
        }
    }
    if (window_over) {
        window_least_s_ = std::numeric_limits<double>::infinity();
        window_ends_ns_ = now_ns + static_cast<std::int64_t>(kWindowS * 1e9);
    }
    started_ = true;
}

std::optional<std::uint64_t> WideCounter::widen(std::uint64_t raw) noexcept {
    const std::uint64_t count = counting_ ? place(raw) : raw;
    if (counting_ && is_too_far(count)) {
        const std::uint64_t n_since = suspect_ ? (raw + modulus_ - *suspect_) % modulus_ : 0;
        const bool confirmed = n_since > 0 && n_since <= ahead_max_;
        suspect_ = raw;
        if (!confirmed) return std::nullopt;
    }
    suspect_.reset();
    counting_ = true;
    newest_ = std::max(newest_, count);
    return count;
}

}  // namespace tonus
