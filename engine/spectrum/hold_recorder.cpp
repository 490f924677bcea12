#include "engine/spectrum/hold_recorder.hpp"

#include <algorithm>

namespace tonus {
namespace {

constexpr std::size_t kRampWindows = 2;
constexpr double kLevelGain = 0.2;  // the level follows a drift within some windows

}  // namespace

HoldRecorder::HoldRecorder(HoldRecorderConfig config) : config_(config) {
    now_.reserve(config.n_windows_most);
    longest_.reserve(config.n_windows_most);
}

void HoldRecorder::process(const std::optional<HoldWindow>& window, std::optional<bool> contracted) noexcept {
    const bool has_value = window && contracted && window->mdf_hz > 0.0 && window->rms_uv > 0.0;
    if (contracted && !*contracted) {
        end_hold();
    } else if (!has_value) {
        if (++n_missing_ > config_.n_missing_most) end_hold();
    } else {
        n_missing_ = 0;
        keep(*window);
    }
}

void HoldRecorder::keep(const HoldWindow& window) noexcept {
    const double step = level_uv_ > 0.0 ? window.rms_uv / level_uv_ : 1.0;
    if (step > config_.level_step || step * config_.level_step < 1.0) end_hold();
    level_uv_ = level_uv_ > 0.0 ? level_uv_ + kLevelGain * (window.rms_uv - level_uv_) : window.rms_uv;
    if (n_ramp_ < kRampWindows) {
        ++n_ramp_;
        level_uv_ = window.rms_uv;
        return;
    }
    if (now_.size() < config_.n_windows_most) now_.push_back(window);
}

void HoldRecorder::end_hold() noexcept {
    now_.resize(now_.size() - std::min(now_.size(), kRampWindows));
    if (now_.size() > longest_.size()) std::swap(now_, longest_);
    now_.clear();
    level_uv_ = 0.0;
    n_ramp_ = 0;
    n_missing_ = 0;
}

std::optional<FatigueTrend> HoldRecorder::trend() const { return fatigue_trend(now_.size() > longest_.size() ? now_ : longest_); }

}  // namespace tonus
