#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "engine/envelope/bandwidth.hpp"
#include "engine/normalise/mvc_trials.hpp"
#include "engine/normalise/rest_level.hpp"
#include "engine/pipeline/effort_plan.hpp"
#include "engine/pipeline/montage.hpp"
#include "engine/pipeline/quiet_taps.hpp"

namespace tonus {

/// Watches a run in which a person rests and then gives maximal efforts, and finds the reference
/// of every channel. It sets `done` when all agree, or after the last allowed trial.
///
/// Threads    that of the pipeline; the results are for after the run.
class Calibration final : public QuietTaps {
public:
    struct Outcome {
        std::string channel;
        std::optional<MvcReference> reference;
        std::optional<MvcReference> reference_template;  ///< of ECG path B, where it is on
        std::string problem;  ///< why there is none, or what is doubtful about it
    };

    /// Throws Error when the session does not fit the devices.
    Calibration(std::span<const std::span<const StreamInfo>> devices, const Session& session,
                EffortPlan plan, MvcTrialsConfig trials = {});

    void conditioned(std::size_t stream, const Block<unit::Microvolt>& emg) override;
    void skipped(std::size_t stream, std::size_t n_frames) override;
    void energy(std::size_t stream, const EnergyTick& tick) override;
    void envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) override;
    void template_tick(std::size_t stream, const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) override;

    const std::atomic<bool>& done() const noexcept { return done_; }

    /// One per channel of the session. `made` goes into the references as it is.
    std::vector<Outcome> outcomes(const std::string& made) const;

private:
    /// The rest and the trials of one stream by one ECG path.
    struct StreamWork {
        RestLevel rest;
        MvcTrials trials;
        bool in_trial = false;
        int n_trials = 0;

        /// True when this tick ended a trial.
        bool take(const EffortPlan& plan, const EnergyTick& tick);
        void take_rest(const EffortPlan& plan, const Tick<unit::Microvolt>& tick, double delay_s);
    };

    /// What is counted frame by frame: where in the plan a stream is, and how wide its spectrum.
    struct Holds {
        BandwidthMeter bandwidth;
        std::uint64_t n_frames = 0;
        bool in_hold = false;
    };

    std::optional<MvcReference> reference_of(const StreamWork& work, std::size_t m, double bandwidth_hz, const std::string& made) const;
    bool all_agree() const;
    int trials_min() const noexcept;

    EffortPlan plan_;
    std::vector<StreamInfo> streams_;
    std::vector<std::string> names_;
    std::vector<ChannelPlace> places_;
    std::vector<std::optional<StreamWork>> work_;  // per stream; those with channels
    std::vector<std::optional<StreamWork>> template_work_;
    std::vector<std::optional<Holds>> holds_;
    std::vector<std::string> settings_;            // per channel: what the reference holds for
    std::vector<std::string> last_verdict_;        // per channel
    double window_s_;
    std::atomic<bool> done_{false};
};

}  // namespace tonus
