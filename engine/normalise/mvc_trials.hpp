#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/moving_rms.hpp"
#include "engine/normalise/mvc_reference.hpp"

namespace tonus {

struct MvcTrialsConfig {
    double window_s = 1.0;         ///< 0.5 for people who cannot hold
    double plateau_s = 4.0;        ///< of the hold asked for; the bias depends on it
    bool correct_bias = true;      ///< off to compare with papers, which do not correct
};

/// Why a trial of a channel does not count.
enum class TrialVerdict { accepted, too_short, saturated, gaps, lead_off };

std::string_view trial_verdict_name(TrialVerdict verdict) noexcept;

struct MvcTrial {
    TrialVerdict verdict = TrialVerdict::too_short;
    double peak_uv = 0.0;  ///< largest RMS of window_s
};

struct MvcResult {
    double mvc_uv = 0.0;          ///< mean of the two best, as measured
    double bias = 0.0;
    int trials = 0;               ///< accepted ones
    double repeatability = 0.0;   ///< difference of the two best over their mean
};

/// Takes the maximal contractions of a calibration: every channel takes the best of all trials,
/// whatever trial was meant for it.
///
/// Use        begin_trial(), process() for each tick, end_trial(); until enough() or 5 trials.
/// Threads    one at a time; allocates: a stage of calibration, not of the running path.
/// Source     domain 4.2, 4.3.
class MvcTrials {
public:
    static constexpr int kTrials = 3;
    static constexpr int kTrialsMax = 5;
    static constexpr double kSpreadMax = 0.10;  ///< the two best may differ by this much

    MvcTrials(std::size_t n_channels, MvcTrialsConfig config = {});

    void begin_trial();
    void process(const EnergyTick& tick);
    /// The verdict for each channel.
    const std::vector<MvcTrial>& end_trial();

    /// The two best trials of this channel agree, and there were three in all.
    bool enough(std::size_t channel) const;

    /// Nothing while fewer than two trials were accepted.
    std::optional<MvcResult> result(std::size_t channel, double bandwidth_hz = kBandwidthHz) const;

private:
    struct Tally {
        std::uint64_t n_frames = 0, n_saturated = 0, n_gap = 0, n_lead_off = 0;
        double peak_uv = 0.0;
        std::vector<float> level_uv;  // 250 ms RMS, to see how long it was held
    };

    std::size_t n_channels_;
    MvcTrialsConfig config_;
    MovingRms peak_rms_;
    MovingRms level_rms_;
    std::vector<Tally> tallies_;
    std::vector<MvcTrial> verdicts_;
    std::vector<std::vector<double>> accepted_uv_;  // per channel, largest first
};

}  // namespace tonus
