#include "engine/activation/site_check.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

bool positive(SideLevels levels) noexcept {
    return levels.left_uv > 0.0 && levels.right_uv > 0.0 && std::isfinite(levels.left_uv + levels.right_uv);
}

/// How far above rest, in resting levels.
double raise(double rms_uv, double rest_uv) noexcept {
    return std::sqrt(std::max(0.0, rms_uv * rms_uv - rest_uv * rest_uv)) / rest_uv;
}

std::string_view side_name(SiteSide side) noexcept { return side == SiteSide::left ? "left" : "right"; }

}  // namespace

std::string_view site_verdict_name(SiteVerdict verdict) noexcept {
    switch (verdict) {
        case SiteVerdict::ok: return "ok";
        case SiteVerdict::swapped: return "swapped";
        case SiteVerdict::dead: return "dead";
        case SiteVerdict::unclear: return "unclear";
    }
    return "unclear";
}

SiteCheck::SiteCheck(std::string site, SideLevels rest, SiteCheckConfig config)
    : site_(std::move(site)), rest_(rest), config_(config), known_(positive(rest)) {
    if (!(config.ratio_min > 1.0)) {
        throw usage_error(fmt::format("site check: ratio_min {} is not above 1; 3 is usual", config.ratio_min));
    }
    if (!(config.raise_min > 0.0)) {
        throw usage_error(fmt::format("site check: raise_min {} is not above 0; 3 is usual", config.raise_min));
    }
}

void SiteCheck::trial(SiteSide asked, SideLevels rms) {
    known_ = known_ && positive(rms);
    const double left = raise(rms.left_uv, rest_.left_uv), right = raise(rms.right_uv, rest_.right_uv);
    const bool is_left = asked == SiteSide::left;
    trials_.push_back({.asked = asked, .asked_raise = is_left ? left : right, .mirror_raise = is_left ? right : left});
}

bool SiteCheck::asked_both() const noexcept {
    const auto asked = [this](SiteSide side) {
        return std::any_of(trials_.begin(), trials_.end(), [side](const Trial& trial) { return trial.asked == side; });
    };
    return asked(SiteSide::left) && asked(SiteSide::right);
}

/// True when the electrodes called so rose in any effort, whoever was asked.
bool SiteCheck::rises(SiteSide side) const noexcept {
    return std::any_of(trials_.begin(), trials_.end(), [this, side](const Trial& trial) {
        return (trial.asked == side ? trial.asked_raise : trial.mirror_raise) >= config_.raise_min;
    });
}

SiteFinding SiteCheck::finding() const {
    if (!known_) return {SiteVerdict::unclear, fmt::format("{}: no level at rest or in an effort; record both again", site_)};
    if (!asked_both()) return {SiteVerdict::unclear, fmt::format("{}: needs an effort of the left side alone and one of the right", site_)};
    const bool left = rises(SiteSide::left), right = rises(SiteSide::right);
    if (!left && !right) {
        return {SiteVerdict::dead, fmt::format("{}: neither side rises above rest; check cables and electrodes, then make the efforts again", site_)};
    }
    if (!left || !right) {
        const SiteSide silent = left ? SiteSide::right : SiteSide::left;
        return {SiteVerdict::dead, fmt::format("{}: the {} side never rises above rest; check its cable and electrodes", site_, side_name(silent))};
    }
    const auto all = [this](auto holds) { return std::all_of(trials_.begin(), trials_.end(), holds); };
    if (all([this](const Trial& t) { return t.asked_raise >= config_.raise_min && t.asked_raise >= config_.ratio_min * t.mirror_raise; })) {
        return {SiteVerdict::ok, {}};
    }
    if (all([this](const Trial& t) { return t.mirror_raise >= config_.raise_min && t.mirror_raise >= config_.ratio_min * t.asked_raise; })) {
        return {SiteVerdict::swapped, fmt::format("{}: the other side rises; check left/right or cables", site_)};
    }
    return {SiteVerdict::unclear, fmt::format("{}: one side does not rise {:g} times more than the other; work with one side only, or check left/right or cables",
                                              site_, config_.ratio_min)};
}

}  // namespace tonus
