#include "engine/load/load_flag.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/rate.hpp"

namespace tonus {
namespace {

constexpr int kForgetTicks = 100;  // 1 s without a value

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

LoadResult LoadFlag::without_value(Reason reason) noexcept {
    n_invalid_ = std::min(n_invalid_ + 1, kForgetTicks + 1);
    if (n_invalid_ > kForgetTicks && mode_ != Mode::unknown) {
        mode_ = Mode::unknown;
        count_ = 0;
    }
    const LoadState state = mode_ == Mode::on ? LoadState::over : LoadState::unknown;
    return {.state = state, .reason = reason};
}

LoadResult LoadFlag::process(LoadTick load) noexcept {
    if (!load.valid) return without_value(load.reason);
    n_invalid_ = 0;
    if (mode_ == Mode::unknown) mode_ = Mode::off;

    const bool is_on = mode_ == Mode::on;
    const bool towards_change =
        is_on ? load.value_mvc <= config_.release_mvc : load.value_mvc >= config_.limit_mvc;
    // Up and down, not "continuously above": a load a tenth over the limit dips under it by
    // chance, and the continuous rule would miss two of five such overloads (domain 6.2).
    if (towards_change && count_ == 0) crossing_ = load.index;
    count_ = towards_change ? count_ + 1 : std::max(count_ - 1, 0);

    LoadResult result;
    if (count_ >= (is_on ? clear_ticks_ : raise_ticks_)) {
        mode_ = is_on ? Mode::off : Mode::on;
        count_ = 0;
        result.raised = !is_on;
        result.cleared = is_on;
        result.since = crossing_;
    }
    if (mode_ == Mode::on) {
        result.state = LoadState::over;
    } else {
        // What is missing may be the larger part: the dwell runs, but nobody knows yet.
        result.state = load.reason == Reason::none ? LoadState::under : LoadState::unknown;
        result.reason = load.reason;
    }
    return result;
}

}  // namespace tonus
