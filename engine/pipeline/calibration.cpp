#include "engine/pipeline/calibration.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/condition/ecg_template.hpp"

namespace tonus {

Calibration::Calibration(std::span<const std::span<const StreamInfo>> devices, const Session& session,
                         EffortPlan plan, MvcTrialsConfig trials)
    : plan_(std::move(plan)),
      places_(find_channels(devices, session)),
      last_verdict_(session.channels.size()),
      window_s_(trials.window_s) {
    trials.plateau_s = plan_.hold_s;
    for (const std::span<const StreamInfo> streams : devices) {
        streams_.insert(streams_.end(), streams.begin(), streams.end());
    }
    work_.resize(streams_.size());
    template_work_.resize(streams_.size());
    holds_.resize(streams_.size());
    for (std::size_t m = 0; m < places_.size(); ++m) {
        const StreamInfo& stream = streams_[places_[m].stream];
        std::optional<StreamWork>& work = work_[places_[m].stream];
        if (!work) {
            work.emplace(StreamWork{.rest = RestLevel{stream.channels.size(), session.window_s},
                                    .trials = MvcTrials{stream.channels.size(), trials}});
            holds_[places_[m].stream].emplace(Holds{.bandwidth = BandwidthMeter{{.rate = stream.rate, .n_channels = stream.channels.size()}}});
            if (session.ecg_template) template_work_[places_[m].stream] = work;
        }
        names_.push_back(session.channels[m].name);
        settings_.push_back(reference_settings(stream, session));
    }
}

int Calibration::trials_min() const noexcept {
    return MvcTrials::kTrials * static_cast<int>(plan_.efforts.size());
}

void Calibration::StreamWork::take_rest(const EffortPlan& plan, const Tick<unit::Microvolt>& tick, double delay_s) {
    if (plan.rests(static_cast<double>(tick.index + 1) * kTickS, delay_s)) rest.process(tick);
}

bool Calibration::StreamWork::take(const EffortPlan& plan, const EnergyTick& tick) {
    const double time_s = static_cast<double>(tick.index) * kTickS;
    const bool now_in_trial = plan.at(time_s).phase == EffortPlan::Phase::trial;
    if (now_in_trial && !in_trial) trials.begin_trial();
    if (now_in_trial) trials.process(tick);
    const bool ended = in_trial && !now_in_trial;
    in_trial = now_in_trial;
    return ended;
}

/// The bandwidth is that of the holds, where the effort is steady (domain 5.2).
void Calibration::conditioned(std::size_t stream, const Block<unit::Microvolt>& emg) {
    if (!holds_[stream]) return;
    Holds& holds = *holds_[stream];
    const bool in_hold = plan_.holds(plan_.at(streams_[stream].rate.time_s(holds.n_frames)));
    if (in_hold) holds.bandwidth.process(emg);
    else if (holds.in_hold) holds.bandwidth.restart();
    holds.in_hold = in_hold;
    holds.n_frames += emg.n_frames();
}

void Calibration::skipped(std::size_t stream, std::size_t n_frames) {
    if (!holds_[stream]) return;
    holds_[stream]->n_frames += n_frames;
    holds_[stream]->bandwidth.restart();
}

void Calibration::envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) {
    if (work_[stream]) work_[stream]->take_rest(plan_, tick, 0.0);
}

void Calibration::template_tick(std::size_t stream, const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) {
    if (!template_work_[stream]) return;
    StreamWork& work = *template_work_[stream];
    work.take_rest(plan_, envelope, EcgTemplate::kDelayS);
    // It lags by 200 ms; the ramps of a trial leave room for that.
    if (work.take(plan_, energy)) work.trials.end_trial();
}

void Calibration::energy(std::size_t stream, const EnergyTick& tick) {
    if (!work_[stream]) return;
    StreamWork& work = *work_[stream];
    if (!work.take(plan_, tick)) return;
    const std::vector<MvcTrial>& verdicts = work.trials.end_trial();
    for (std::size_t m = 0; m < places_.size(); ++m) {
        if (places_[m].stream != stream) continue;
        last_verdict_[m] = trial_verdict_name(verdicts[places_[m].lane].verdict);
    }
    ++work.n_trials;
    const int n_most = MvcTrials::kTrialsMax * static_cast<int>(plan_.efforts.size());
    if (work.n_trials >= n_most || (work.n_trials >= trials_min() && all_agree())) {
        done_.store(true, std::memory_order_relaxed);
    }
}

bool Calibration::all_agree() const {
    return std::all_of(places_.begin(), places_.end(), [&](const ChannelPlace& place) {
        return work_[place.stream]->trials.enough(place.lane);
    });
}

/// What rest and trials come to; nothing when one of them is missing.
std::optional<MvcReference> Calibration::reference_of(const StreamWork& work, std::size_t m, double bandwidth_hz,
                                                      const std::string& made) const {
    const std::optional<double> rest = work.rest.rest_uv(places_[m].lane, bandwidth_hz);
    const std::optional<MvcResult> mvc = work.trials.result(places_[m].lane, bandwidth_hz);
    if (!rest || !mvc) return std::nullopt;
    return MvcReference{.method = ReferenceMethod::mvc,
                        .rest_uv = *rest,
                        .mvc_uv = mvc->mvc_uv,
                        .bias = mvc->bias,
                        .window_s = window_s_,
                        .trials = mvc->trials,
                        .repeatability = mvc->repeatability,
                        .bandwidth_hz = bandwidth_hz,
                        .device = streams_[places_[m].stream].device_id,
                        .settings = settings_[m],
                        .made = made};
}

std::vector<Calibration::Outcome> Calibration::outcomes(const std::string& made) const {
    std::vector<Outcome> outcomes;
    for (std::size_t m = 0; m < places_.size(); ++m) {
        const std::size_t stream = places_[m].stream;
        const StreamWork& work = *work_[stream];
        const double bandwidth_hz = holds_[stream]->bandwidth.bandwidth_hz(places_[m].lane).value_or(kBandwidthHz);
        Outcome outcome{.channel = names_[m], .reference = reference_of(work, m, bandwidth_hz, made), .reference_template = {}, .problem = {}};
        // Path B keeps the band below 30 Hz, which is little of it: the same bandwidth serves.
        if (template_work_[stream]) outcome.reference_template = reference_of(*template_work_[stream], m, bandwidth_hz, made);
        if (!work.rest.rest_uv(places_[m].lane)) {
            outcome.problem = "no resting level: fewer than 5 s of clean rest were seen";
        } else if (!outcome.reference) {
            outcome.problem = fmt::format("no maximum: fewer than two trials counted (the last: {})",
                                          last_verdict_[m].empty() ? "none was made" : last_verdict_[m]);
        } else if (const Reason reason = reference_problem(outcome.reference); reason != Reason::none) {
            outcome.problem = reason_advice(reason);
        } else if (outcome.reference->repeatability > MvcTrials::kSpreadMax) {
            outcome.problem = fmt::format("the two best trials differ by {:.0f} %: rest and repeat",
                                          100.0 * outcome.reference->repeatability);
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace tonus
