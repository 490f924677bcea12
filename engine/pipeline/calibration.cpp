#include "engine/pipeline/calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace tonus {
namespace {

// The person settles down and the filters settle with them.
constexpr double kRestSkipS = 1.0;

struct Effort {
    std::string_view sites;  // between blanks
    std::string_view what;
};

constexpr std::array<Effort, 9> kEfforts{{
    {" MF LT ICT ICL ", "lie prone, trunk level, and lift against the hands on your shoulder blades"},
    {" RA ", "lie on your back, knees bent, and curl up against resistance"},
    {" EO ", "lie on your side and bend sideways against resistance"},
    {" IOT ", "turn to the same side against resistance, and brace"},
    {" LD ", "press the raised arm down and back against resistance"},
    {" GMX GMD ", "lift the bent leg back, then out, against resistance"},
    {" BF ST ", "bend the knee against resistance"},
    {" VL VM RF ", "stretch the knee against resistance"},
    {" TU TM TL RH ", "shrug and pull the shoulder blades back against resistance"},
}};

}  // namespace

CalibrationPlan::Moment CalibrationPlan::at(double time_s) const noexcept {
    if (time_s < rest_s) return {Phase::rest, 0, rest_s - time_s, time_s};
    const double cycle_s = trial_s() + pause_s;
    const double since_s = time_s - rest_s;
    const int trial = static_cast<int>(since_s / cycle_s);
    const double into_s = since_s - trial * cycle_s;
    if (into_s < trial_s()) return {Phase::trial, trial, trial_s() - into_s, into_s};
    return {Phase::pause, trial + 1, cycle_s - into_s, into_s - trial_s()};
}

std::vector<std::string> efforts_for(const Session& session) {
    std::vector<std::string> efforts;
    for (const Effort& effort : kEfforts) {
        const bool wanted = std::any_of(
            session.channels.begin(), session.channels.end(), [&](const SessionChannel& channel) {
                return effort.sites.find(" " + channel.site + " ") != std::string_view::npos;
            });
        if (wanted) efforts.emplace_back(effort.what);
    }
    if (efforts.empty()) efforts.emplace_back("tense the measured muscles as hard as you can");
    return efforts;
}

Calibration::Calibration(std::span<const std::span<const StreamInfo>> devices, const Session& session,
                         CalibrationPlan plan, MvcTrialsConfig trials)
    : plan_(std::move(plan)),
      places_(find_channels(devices, session)),
      last_verdict_(session.channels.size()),
      window_s_(trials.window_s) {
    trials.plateau_s = plan_.hold_s;
    for (const std::span<const StreamInfo> streams : devices) {
        streams_.insert(streams_.end(), streams.begin(), streams.end());
    }
    work_.resize(streams_.size());
    for (std::size_t m = 0; m < places_.size(); ++m) {
        const StreamInfo& stream = streams_[places_[m].stream];
        std::optional<StreamWork>& work = work_[places_[m].stream];
        if (!work) {
            work.emplace(StreamWork{.rest = RestLevel{stream.channels.size(), session.window_s},
                                    .trials = MvcTrials{stream.channels.size(), trials}});
        }
        names_.push_back(session.channels[m].name);
        settings_.push_back(fmt::format("{}{}rate={}/{};profile={};mains={}", stream.settings,
                                        stream.settings.empty() ? "" : ";", stream.rate.num,
                                        stream.rate.den, session.profile, session.mains));
    }
}

int Calibration::trials_min() const noexcept {
    return MvcTrials::kTrials * static_cast<int>(plan_.efforts.size());
}

void Calibration::envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) {
    const double time_s = static_cast<double>(tick.index + 1) * kTickS;
    if (work_[stream] && time_s > kRestSkipS && time_s < plan_.rest_s) work_[stream]->rest.process(tick);
}

void Calibration::energy(std::size_t stream, const EnergyTick& tick) {
    if (!work_[stream]) return;
    StreamWork& work = *work_[stream];
    const double time_s = static_cast<double>(tick.index) * kTickS;
    const bool in_trial = plan_.at(time_s).phase == CalibrationPlan::Phase::trial;
    if (in_trial && !work.in_trial) work.trials.begin_trial();
    if (in_trial) work.trials.process(tick);
    if (!in_trial && work.in_trial) {
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
    work.in_trial = in_trial;
}

bool Calibration::all_agree() const {
    return std::all_of(places_.begin(), places_.end(), [&](const ChannelPlace& place) {
        return work_[place.stream]->trials.enough(place.lane);
    });
}

std::vector<Calibration::Outcome> Calibration::outcomes(const std::string& made) const {
    std::vector<Outcome> outcomes;
    for (std::size_t m = 0; m < places_.size(); ++m) {
        const StreamWork& work = *work_[places_[m].stream];
        Outcome outcome{.channel = names_[m], .reference = {}, .problem = {}};
        const std::optional<double> rest = work.rest.rest_uv(places_[m].lane);
        const std::optional<MvcResult> mvc = work.trials.result(places_[m].lane);
        if (!rest) {
            outcome.problem = "no resting level: fewer than 5 s of clean rest were seen";
        } else if (!mvc) {
            outcome.problem = fmt::format("no maximum: fewer than two trials counted (the last: {})",
                                          last_verdict_[m].empty() ? "none was made" : last_verdict_[m]);
        } else {
            outcome.reference = MvcReference{.method = ReferenceMethod::mvc,
                                             .rest_uv = *rest,
                                             .mvc_uv = mvc->mvc_uv,
                                             .bias = mvc->bias,
                                             .window_s = window_s_,
                                             .trials = mvc->trials,
                                             .repeatability = mvc->repeatability,
                                             .bandwidth_hz = kBandwidthHz,
                                             .device = streams_[places_[m].stream].device_id,
                                             .settings = settings_[m],
                                             .made = made};
            if (reference_problem(outcome.reference) != Reason::none) {
                outcome.problem = reason_advice(reference_problem(outcome.reference));
            } else if (mvc->repeatability > MvcTrials::kSpreadMax) {
                outcome.problem = fmt::format("the two best trials differ by {:.0f} %: rest and repeat",
                                              100.0 * mvc->repeatability);
            }
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace tonus
