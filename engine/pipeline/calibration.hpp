#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "engine/envelope/bandwidth.hpp"
#include "engine/normalise/mvc_trials.hpp"
#include "engine/normalise/rest_level.hpp"
#include "engine/pipeline/montage.hpp"
#include "engine/pipeline/session.hpp"
#include "engine/pipeline/taps.hpp"

namespace tonus {

/// When the person does what, in seconds from the first frame (domain 4.2).
struct CalibrationPlan {
    double rest_s = 10.0;   ///< lying relaxed
    double ramp_s = 1.0;    ///< up, and down again
    double hold_s = 4.0;
    double pause_s = 60.0;  ///< between trials; 120 for the trunk is kinder
    std::vector<std::string> efforts{"maximal effort"};  ///< what to do, trial by trial in turn

    enum class Phase { rest, pause, trial };
    struct Moment {
        Phase phase = Phase::rest;
        int trial = 0;          ///< of the trial that runs or comes next, from 0
        double left_s = 0.0;    ///< of this phase
        double into_s = 0.0;    ///< since this phase began
    };
    Moment at(double time_s) const noexcept;
    double trial_s() const noexcept { return 2.0 * ramp_s + hold_s; }
};

/// The directions of effort that give the sites of a session their maximum (domain 4.1).
std::vector<std::string> efforts_for(const Session& session);

/// Watches a run in which a person rests and then gives maximal efforts, and finds the reference
/// of every channel. It sets `done` when all agree, or after the last allowed trial.
///
/// Threads    that of the pipeline; the results are for after the run.
class Calibration final : public Taps {
public:
    struct Outcome {
        std::string channel;
        std::optional<MvcReference> reference;
        std::optional<MvcReference> reference_template;  ///< of ECG path B, where it is on
        std::string problem;  ///< why there is none, or what is doubtful about it
    };

    /// Throws Error when the session does not fit the devices.
    Calibration(std::span<const std::span<const StreamInfo>> devices, const Session& session,
                CalibrationPlan plan, MvcTrialsConfig trials = {});

    void gated(std::size_t, const Block<unit::Microvolt>&) override {}
    void conditioned(std::size_t stream, const Block<unit::Microvolt>& emg) override;
    void skipped(std::size_t stream, std::size_t n_frames) override;
    void energy(std::size_t stream, const EnergyTick& tick) override;
    void envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) override;
    void template_samples(std::size_t, const Block<unit::Microvolt>&) override {}
    void template_tick(std::size_t stream, const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) override;
    void activation(const Tick<unit::Mvc>&) override {}

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
        bool take(const CalibrationPlan& plan, const EnergyTick& tick);
        void take_rest(const CalibrationPlan& plan, const Tick<unit::Microvolt>& tick, double delay_s);
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

    CalibrationPlan plan_;
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
