#include "drivers/lsl/stamp_counter.hpp"

#include <algorithm>
#include <cmath>

namespace tonus::lsl {
namespace {

constexpr double kWindowS = 2.0;
constexpr double kLearningS = 2.0;
constexpr double kLearningMarginS = 0.25;  // senders that stamp whole packets do not wait longer
constexpr double kClockSetS = 1.0;         // no sender stamps so far back
constexpr double kAwaySMax = 86400.0;      // a day: beyond it, its clock was set

}  // namespace

void StampCounter::begin(double stamp_s) noexcept {
    begun_ = true;
    origin_ = next_;
    origin_s_ = stamp_s;
    windows_ = {};
    window_ends_s_ = stamp_s + kWindowS;
    learnt_at_s_ = stamp_s + kLearningS;
}

void StampCounter::note(double lateness_s, double stamp_s) noexcept {
    if (stamp_s >= window_ends_s_) {
        windows_[1] = windows_[0];
        windows_[0] = {lateness_s, lateness_s};
        window_ends_s_ = stamp_s + kWindowS;
    }
    windows_[0].low_s = std::min(windows_[0].low_s, lateness_s);
    windows_[0].high_s = std::max(windows_[0].high_s, lateness_s);
}

std::uint64_t StampCounter::count(double stamp_s) noexcept {
    if (!std::isfinite(stamp_s)) return next_++;
    if (!begun_) begin(stamp_s);
    double lateness_s = stamp_s - origin_s_ - rate_.time_s(next_ - origin_);
    const double high_s = std::max(windows_[0].high_s, windows_[1].high_s);
    const double low_s = std::min(windows_[0].low_s, windows_[1].low_s);
    if (lateness_s < low_s - kClockSetS || lateness_s > high_s + kAwaySMax) {
        begin(stamp_s);
        return next_++;
    }
    const double margin_s = std::max({0.5 * rate_.time_s(1), high_s - low_s, stamp_s < learnt_at_s_ ? kLearningMarginS : 0.0});
    if (lateness_s - high_s > margin_s) {
        const std::uint64_t n_lost = rate_.frames_in(lateness_s - high_s);
        next_ += n_lost;
        lateness_s -= rate_.time_s(n_lost);
    }
    note(lateness_s, stamp_s);
    return next_++;
}

}  // namespace tonus::lsl
