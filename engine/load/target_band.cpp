#include "engine/load/target_band.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/rate.hpp"

namespace tonus {
namespace {

constexpr int kForgetTicks = 100;  // after 1 s without a value the old side says nothing

}  // namespace

TargetBand::TargetBand(TargetBandConfig config) : config_(config) {
    const float low = config.low_mvc, high = config.high_mvc, share = config.return_share;
    const bool ordered = low > 0.0f && high <= 2.0f && share >= 0.0f && low * (1.0f + share) < high * (1.0f - share);
    if (!ordered) {
        throw usage_error(fmt::format(
            "target band: low_mvc = {:.4g}, high_mvc = {:.4g} and return_share = {:.4g} must keep 0 < low, high <= 2 and "
            "low (1 + share) < high (1 - share) (0.15, 0.33 and 0.1 are the default)", low, high, share));
    }
}

BandState TargetBand::side_of(float value_mvc) const noexcept {
    const float up = side_ == BandState::below ? config_.low_mvc * (1.0f + config_.return_share) : config_.low_mvc;
    const float down = side_ == BandState::above ? config_.high_mvc * (1.0f - config_.return_share) : config_.high_mvc;
    if (value_mvc < up) return BandState::below;
    // From above the return itself is inside; from inside the edge itself is above.
    const bool above = side_ == BandState::above ? value_mvc > down : value_mvc >= down;
    return above ? BandState::above : BandState::inside;
}

BandResult TargetBand::process(LoadTick load) noexcept {
    BandResult result{.state = BandState::unknown, .reason = load.reason};
    if (load.valid && std::isfinite(load.value_mvc)) {
        n_invalid_ = 0;
        side_ = side_of(load.value_mvc);
        if (load.reason == Reason::none || side_ == BandState::above) result = {.state = side_};
    } else {
        n_invalid_ = std::min(n_invalid_ + 1, kForgetTicks + 1);
        if (n_invalid_ > kForgetTicks) side_ = BandState::unknown;
        if (load.valid) result.reason = Reason::not_a_number;
    }
    result.changed = result.state != said_;
    said_ = result.state;
    ++n_ticks_[static_cast<std::size_t>(result.state)];
    return result;
}

double TargetBand::seconds_in(BandState state) const noexcept {
    return kTickS * static_cast<double>(n_ticks_[static_cast<std::size_t>(state)]);
}

}  // namespace tonus
