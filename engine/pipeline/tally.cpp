#include "engine/pipeline/tally.hpp"

#include <limits>

namespace tonus {
namespace {

constexpr float kContractedMvc = 0.05f;  // less is not told from rest well enough for a spectrum

}  // namespace

Tally::Tally(std::size_t n_channels, const LoadFlagConfig& load)
    : limit_mvc_(load.limit_mvc), channels_(n_channels, load), holds_(n_channels), apdf_({.limit_mvc = load.limit_mvc}) {}

void Tally::Mean::add(float value) noexcept {
    sum += static_cast<double>(value);
    ++n;
}

double Tally::Mean::mean() const noexcept {
    return n > 0 ? sum / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN();
}

void Tally::add(const ResultRow& row, const MontageTick& of, const Tick<unit::Mvc>& activation, const LoadTick& load,
                const LoadResult& flag) noexcept {
    end_s_ = row.time_s;
    ++n_ticks_;
    if (load.valid) ++n_known_;
    if (load.valid && load.value_mvc >= limit_mvc_) ++n_over_limit_;
    if (flag.state == LoadState::over) ++n_over_;
    if (flag.raised) ++n_raised_;
    if (of.is_estimate) ++n_estimate_;
    channels_.add(activation, of.status_changed);
    for (const std::size_t ch : of.new_windows) follow_hold(ch, row.channels[ch], row.time_s);
    // With a part missing, picking out the loads that are known to be high would shift the levels.
    const bool whole = load.valid && load.reason == Reason::none;
    apdf_.process(load.value_mvc, whole);
    band_.process(load);
    if (row.groups.local.valid) local_.add(row.groups.local.value);
    if (row.groups.global.valid) global_.add(row.groups.global.value);
}

/// Once a window. What lies under a vibration is no spectrum of the muscle.
void Tally::follow_hold(std::size_t ch, const ChannelResult& channel, double time_s) noexcept {
    std::optional<HoldWindow> window;
    if (channel.mdf_hz > 0.0f && !channel.estimate) {
        window = HoldWindow{time_s, static_cast<double>(channel.mdf_hz), static_cast<double>(channel.window_rms_uv)};
    }
    std::optional<bool> contracted;
    if (channel.mvc_status.state == ValueState::valid) contracted = channel.mvc >= kContractedMvc;
    holds_[ch].process(window, contracted);
}

void Tally::write_to(RunSummary& summary) const {
    summary.duration_s = end_s_;
    summary.n_ticks = n_ticks_;
    summary.n_ticks_known = n_known_;
    summary.n_ticks_over_limit = n_over_limit_;
    summary.n_ticks_over = n_over_;
    summary.n_raised = n_raised_;
    summary.n_ticks_estimate = n_estimate_;
    summary.local_mean_mvc = local_.mean();
    summary.global_mean_mvc = global_.mean();
    if (const std::optional<ApdfLevels> levels = apdf_.levels()) {
        summary.load_p10_mvc = levels->static_mvc;
        summary.load_p50_mvc = levels->median_mvc;
        summary.load_p90_mvc = levels->peak_mvc;
    }
    summary.below_band_s = band_.seconds_in(BandState::below);
    summary.in_band_s = band_.seconds_in(BandState::inside);
    summary.above_band_s = band_.seconds_in(BandState::above);
    for (std::size_t ch = 0; ch < channels_.n_channels(); ++ch) {
        summary.channel_over_s.push_back(channels_.over_s(ch));
        summary.channel_mean_mvc.push_back(channels_.mean_mvc(ch));
        summary.channel_peak_mvc.push_back(channels_.peak_mvc(ch));
    }
    for (const HoldRecorder& hold : holds_) summary.channel_fatigue.push_back(hold.trend());
}

}  // namespace tonus
