#include "engine/load/load_flag.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/rate.hpp"

namespace tonus {
namespace {

int whole_ticks(double seconds, const char* name) {
    const double ticks = seconds / kTickS;
    if (!(seconds >= 0.0) || seconds > 10.0 || std::abs(ticks - std::round(ticks)) > 1e-6) {
        throw usage_error(fmt::format("load: {} = {} is not a whole number of 10 ms from 0 to 10 s",
                                      name, seconds));
    }
    return std::max(1, static_cast<int>(std::lround(ticks)));
}

}  // namespace

std::string_view load_state_name(LoadState state) noexcept {
    switch (state) {
        case LoadState::under: return "under";
        case LoadState::over: return "over";
        case LoadState::unknown: return "unknown";
    }
    return "unknown";
}

LoadFlag::LoadFlag(LoadFlagConfig config)
    : config_(config),
      raise_ticks_(whole_ticks(config.raise_s, "raise_s")),
      clear_ticks_(whole_ticks(config.clear_s, "clear_s")) {
    const bool ordered = config.release_mvc > 0.0f && config.release_mvc <= config.limit_mvc &&
                         config.limit_mvc <= 2.0f;
    if (!ordered) {
        throw usage_error(fmt::format(
            "load: release_mvc = {:.4g} and limit_mvc = {:.4g} must keep 0 < release <= limit <= 2 "
            "(fractions of MVC: a third is 0.3333)",
            config.release_mvc, config.limit_mvc));
    }
}

LoadFlag::Quiet LoadFlag::quiet() const noexcept {
    constexpr float kInfinite = std::numeric_limits<float>::infinity();
    if (count_ > 0 || !memory_.is_current()) return {kInfinite, -kInfinite};
    return memory_.is_on() ? Quiet{config_.release_mvc, kInfinite} : Quiet{-kInfinite, config_.limit_mvc};
}

LoadResult LoadFlag::process(LoadTick load) noexcept {
    if (!load.valid) {
        if (memory_.miss()) count_ = 0;
        return memory_.without_value(load.reason);
    }
    memory_.hear();
    const bool is_on = memory_.is_on();
    const bool towards_change =
        is_on ? load.value_mvc <= config_.release_mvc : load.value_mvc >= config_.limit_mvc;
    // Up and down, not "continuously above": a load a tenth over the limit dips under it by
    // chance, and the continuous rule would miss two of five such overloads (domain 6.2).
    if (towards_change && count_ == 0) crossing_ = load.index;
    count_ = towards_change ? count_ + 1 : std::max(count_ - 1, 0);
    const bool changes = count_ >= (is_on ? clear_ticks_ : raise_ticks_);
    if (changes) count_ = 0;
    return memory_.with_value(changes, crossing_, load.reason);
}

}  // namespace tonus
