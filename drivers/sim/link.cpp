#include "drivers/sim/link.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr std::uint64_t kLossStream = 6000, kDelayStream = 6001, kRepeatStream = 6002, kReorderStream = 6003;
constexpr double kLeaveBad = 1.0 / 3.0;  // so a burst is three packets long on average

std::uint64_t seed_of(const SimOptions& options) noexcept { return options.subject * 0x9e3779b97f4a7c15u ^ options.seed; }

}  // namespace

SimLink::SimLink(const SimOptions& options)
    : loss_(options.loss),
      duplicates_(options.duplicates),
      reorder_(options.reorder),
      delay_s_(1e-3 * options.delay_ms),
      jitter_s_(1e-3 * options.jitter_ms),
      device_per_host_(1.0 + 1e-6 * options.skew_ppm),
      loss_random_(seed_of(options), kLossStream),
      delay_random_(seed_of(options), kDelayStream),
      repeat_random_(seed_of(options), kRepeatStream),
      reorder_random_(seed_of(options), kReorderStream) {}

bool SimLink::loses() noexcept {
    if (loss_ <= 0.0) return false;
    // Of a long run the share `loss_` is bad: p(good to bad) / p(bad to good) = loss / (1 - loss).
    const double enter_bad = kLeaveBad * loss_ / (1.0 - loss_);
    const double u = loss_random_.uniform();
    bad_ = bad_ ? u >= kLeaveBad : u < enter_bad;
    return bad_;
}

std::int64_t SimLink::arrival_ns(double device_time_s) noexcept {
    const double jitter_s = -jitter_s_ * std::log(1.0 - delay_random_.uniform());
    const double at_s = device_time_s / device_per_host_ + delay_s_ + jitter_s;
    last_ns_ = std::max(last_ns_, static_cast<std::int64_t>(std::llround(at_s * 1e9)));
    return last_ns_;
}

}  // namespace tonus
