#include "engine/normalise/mvc_trials.hpp"

#include <algorithm>
#include <functional>

#include "engine/core/rate.hpp"
#include "engine/normalise/mvc_bias.hpp"

namespace tonus {
namespace {

// What a trial may lose (domain 4.3).
constexpr double kSaturatedMax = 0.005;
constexpr double kGapMax = 0.02;

// The part of its own peak that still counts as holding.
constexpr float kHoldFraction = 0.7f;

double held_s(const std::vector<float>& level_uv) {
    const auto peak = std::max_element(level_uv.begin(), level_uv.end());
    if (peak == level_uv.end()) return 0.0;
    std::size_t longest = 0, run = 0;
    for (const float level : level_uv) {
        run = level >= kHoldFraction * *peak ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return static_cast<double>(longest) * kTickS;
}

}  // namespace

std::string_view trial_verdict_name(TrialVerdict verdict) noexcept {
    switch (verdict) {
        case TrialVerdict::accepted: return "accepted";
        case TrialVerdict::too_short: return "held too short";
        case TrialVerdict::saturated: return "the amplifier clipped";
        case TrialVerdict::gaps: return "samples were lost";
        case TrialVerdict::lead_off: return "electrode off";
    }
    return "";
}

MvcTrials::MvcTrials(std::size_t n_channels, MvcTrialsConfig config)
    : n_channels_(n_channels),
      config_(config),
      peak_rms_({.n_channels = n_channels, .window_s = config.window_s}),
      level_rms_({.n_channels = n_channels, .window_s = 0.25}),
      accepted_uv_(n_channels) {}

void MvcTrials::begin_trial() {
    tallies_.assign(n_channels_, {});
    peak_rms_ = MovingRms{{.n_channels = n_channels_, .window_s = config_.window_s}};
    level_rms_ = MovingRms{{.n_channels = n_channels_, .window_s = 0.25}};
}

void MvcTrials::process(const EnergyTick& tick) {
    const Tick<unit::Microvolt> peak = peak_rms_.process(tick);
    const Tick<unit::Microvolt> level = level_rms_.process(tick);
    for (std::size_t ch = 0; ch < n_channels_; ++ch) {
        Tally& tally = tallies_[ch];
        const TickCounts& counts = tick.counts[ch];
        tally.n_frames += counts.n_frames;
        tally.n_saturated += counts.n_saturated;
        tally.n_gap += counts.n_gap + counts.n_not_finite;
        tally.n_lead_off += counts.n_lead_off;
        // A window that began before the trial did is no window of the trial.
        const bool full = static_cast<double>(tally.level_uv.size() + 1) * kTickS >= config_.window_s;
        if (full && peak.status[ch].state == ValueState::valid) {
            tally.peak_uv = std::max(tally.peak_uv, static_cast<double>(peak.value[ch]));
        }
        tally.level_uv.push_back(level.status[ch].state == ValueState::valid ? level.value[ch] : 0.0f);
    }
}

const std::vector<MvcTrial>& MvcTrials::end_trial() {
    verdicts_.assign(n_channels_, {});
    for (std::size_t ch = 0; ch < n_channels_; ++ch) {
        const Tally& tally = tallies_[ch];
        const auto n = static_cast<double>(std::max<std::uint64_t>(tally.n_frames, 1));
        MvcTrial& trial = verdicts_[ch];
        trial.peak_uv = tally.peak_uv;
        if (tally.n_lead_off > 0) {
            trial.verdict = TrialVerdict::lead_off;
        } else if (static_cast<double>(tally.n_saturated) > kSaturatedMax * n) {
            trial.verdict = TrialVerdict::saturated;
        } else if (static_cast<double>(tally.n_gap) > kGapMax * n) {
            trial.verdict = TrialVerdict::gaps;
        } else if (held_s(tally.level_uv) < config_.window_s || tally.peak_uv <= 0.0) {
            trial.verdict = TrialVerdict::too_short;
        } else {
            trial.verdict = TrialVerdict::accepted;
            std::vector<double>& accepted = accepted_uv_[ch];
            accepted.insert(std::upper_bound(accepted.begin(), accepted.end(), tally.peak_uv,
                                             std::greater<>{}),
                            tally.peak_uv);
        }
    }
    return verdicts_;
}

bool MvcTrials::enough(std::size_t channel) const {
    const std::optional<MvcResult> found = result(channel);
    return found && found->trials >= kTrials && found->repeatability <= kSpreadMax;
}

std::optional<MvcResult> MvcTrials::result(std::size_t channel, double bandwidth_hz) const {
    const std::vector<double>& accepted = accepted_uv_[channel];
    if (accepted.size() < 2) return std::nullopt;
    const double mean = 0.5 * (accepted[0] + accepted[1]);
    return MvcResult{
        .mvc_uv = mean,
        .bias = config_.correct_bias ? mvc_bias(config_.window_s, config_.plateau_s, bandwidth_hz) : 0.0,
        .trials = static_cast<int>(accepted.size()),
        .repeatability = (accepted[0] - accepted[1]) / mean};
}

}  // namespace tonus
