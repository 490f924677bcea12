#include "drivers/sim/subject.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include "engine/core/random.hpp"

namespace tonus {
namespace {

// Streams of random numbers under the subject's seed; the day's are in signal.cpp.
constexpr std::uint64_t kStrengthStream = 100, kTremorStream = 200;

constexpr double kDemoS = 40.0;          // of a demo without an end
constexpr double kRampS = 0.5;
constexpr double kMvcRampS = 1.0;        // domain 4.2: 1-4-1 s
constexpr double kMvcHoldS = 4.0;
constexpr double kCalibrationRestS = 10.0;
constexpr double kSidesRestS = 15.0;     // domain 4.2: 10 to 30 s
constexpr double kSideHoldS = 2.0;       // of an effort for the site check: short, and half of the maximum
constexpr double kSideEffort = 0.5;
constexpr double kStairS = 5.0;
constexpr double kTremor = 0.03;         // domain 11.2, of the activation
constexpr double kTremorLeastHz = 8.0, kTremorMostHz = 12.0;
constexpr double kGoesAlong = 0.2;       // the side that was not asked, in an effort of one side
constexpr double kSidesGoesAlong = 0.1;  // of task=sides, where the person takes care to rest it

/// What one site is in the simulator.
struct SimSite {
    std::string_view id;
    double sigma_mvc_uv;  // domain 11.1
    bool local;           // domain 1.2
};
constexpr std::array<SimSite, 8> kSites{{{"MF", 80.0, true}, {"LT", 100.0, false}, {"IOT", 60.0, true}, {"EO", 70.0, false},
                                         {"ICT", 90.0, false}, {"LD", 80.0, false}, {"GMX", 60.0, false}, {"BF", 150.0, false}}};

const SimSite& site_of(const std::string& label) noexcept {
    const std::string_view id = std::string_view{label}.substr(0, label.find('_'));
    return *std::find_if(kSites.begin(), kSites.end(), [id](const SimSite& site) { return site.id == id; });
}

/// From 0 to 1 along a raised cosine.
double raised_cosine(double part) noexcept {
    return 0.5 - 0.5 * std::cos(std::numbers::pi * std::clamp(part, 0.0, 1.0));
}

/// One level after another, with a ramp into each.
struct Level {
    double until_s;
    double mvc;
};
template <std::size_t n>
double along(const std::array<Level, n>& levels, double t_s) noexcept {
    double before = 0.0, begin_s = 0.0;
    for (const Level& level : levels) {
        if (t_s < level.until_s) return before + (level.mvc - before) * raised_cosine((t_s - begin_s) / kRampS);
        before = level.mvc;
        begin_s = level.until_s;
    }
    return before;
}

}  // namespace

SimulatedSubject::SimulatedSubject(const SimOptions& options) : options_(options), movement_(options.task), labels_(sim_labels(options.n_channels)) {
    for (std::size_t ch = 0; ch < labels_.size(); ++ch) {
        const SimSite& site = site_of(labels_[ch]);
        Random random{options.subject, kStrengthStream + ch};
        Random tremor{options.subject, kTremorStream + ch};
        const double hz = kTremorLeastHz + (kTremorMostHz - kTremorLeastHz) * tremor.uniform();
        tremor_.push_back({.hz = hz, .turn = tremor.uniform()});
        local_.push_back(site.local);
        // People differ, and so do their two sides.
        sigma_mvc_uv_.push_back(site.sigma_mvc_uv * std::exp(0.2 * std::clamp(random.normal(), -2.0, 2.0)));
    }
}

/// Rest; local work at a quarter; overload with the global muscles in front; ease off.
double SimulatedSubject::demo(bool local, double t_s) const noexcept {
    const double whole_s = std::isfinite(options_.duration_s) ? options_.duration_s : kDemoS;
    const double part_s = std::fmod(t_s, whole_s);
    const std::array<Level, 4> levels{{{0.10 * whole_s, 0.0},
                                       {0.40 * whole_s, local ? 0.25 : 0.12},
                                       {0.70 * whole_s, local ? 0.40 : 0.50},
                                       {whole_s, local ? 0.20 : 0.10}}};
    return along(levels, part_s);
}

/// Full efforts, one after the other, after a rest.
double SimulatedSubject::efforts(double t_s, double rest_s, double hold_s) const noexcept {
    if (t_s < rest_s) return 0.0;
    const double trial_s = 2.0 * kMvcRampS + hold_s;
    const double into_s = std::fmod(t_s - rest_s, trial_s + options_.pause_s);
    if (into_s >= trial_s) return 0.0;
    return std::min(raised_cosine(into_s / kMvcRampS), raised_cosine((trial_s - into_s) / kMvcRampS));
}

/// One level and another in turn. The first half of the very first period has nothing to fall from.
double SimulatedSubject::step(double t_s) const noexcept {
    const double half_s = 0.5 * options_.period_s;
    if (t_s < half_s) return options_.from_mvc;
    const double into_s = std::fmod(t_s, options_.period_s);
    const bool second = into_s >= half_s;
    const double rise = raised_cosine((second ? into_s - half_s : into_s) / options_.ramp_s);
    return second ? options_.from_mvc + (options_.to_mvc - options_.from_mvc) * rise
                  : options_.to_mvc + (options_.from_mvc - options_.to_mvc) * rise;
}

double SimulatedSubject::activation(std::size_t channel, double t_s) const noexcept {
    double a = profile(channel, t_s);
    const bool left = channel % 2 == 0;
    const SimSide side = working_side(t_s);
    if (side != SimSide::both && left != (side == SimSide::left)) a *= options_.task == SimTask::sides ? kSidesGoesAlong : kGoesAlong;
    if (options_.drift_per_min != 0.0) a *= std::max(0.0, 1.0 + options_.drift_per_min * t_s / 60.0);
    if (options_.tremor) a *= 1.0 + kTremor * std::sin(2.0 * std::numbers::pi * (tremor_[channel].hz * t_s + tremor_[channel].turn));
    return a;
}

/// With task=sides the left begins, and they take turns in the middle of each pause.
SimSide SimulatedSubject::working_side(double t_s) const noexcept {
    if (options_.task != SimTask::sides) return options_.side;
    const double cycle_s = 2.0 * kMvcRampS + kSideHoldS + options_.pause_s;
    const double since_s = std::max(0.0, t_s - kSidesRestS + 0.5 * options_.pause_s);
    return std::fmod(since_s, 2.0 * cycle_s) < cycle_s ? SimSide::left : SimSide::right;
}

/// What the task asks of a muscle.
double SimulatedSubject::profile(std::size_t channel, double t_s) const noexcept {
    switch (options_.task) {
        case SimTask::demo: return demo(local_[channel], t_s);
        case SimTask::calibration: return efforts(t_s, kCalibrationRestS, kMvcHoldS);
        case SimTask::sides: return kSideEffort * efforts(t_s, kSidesRestS, kSideHoldS);
        case SimTask::mvc: return efforts(t_s, 0.0, kMvcHoldS);
        case SimTask::rest: return 0.0;
        case SimTask::hold: return options_.level_mvc;
        case SimTask::step: return step(t_s);
        case SimTask::trapezoid: return options_.level_mvc * efforts(t_s, options_.pause_s, kMvcHoldS);
        case SimTask::staircase: {
            const int step = static_cast<int>(std::fmod(t_s, 12.0 * kStairS) / kStairS);  // 10 … 60 … 10 %
            return 0.1 * (step < 6 ? step + 1 : 12 - step);
        }
        case SimTask::reps: return 0.05 + (local_[channel] ? 0.25 : 0.55) * movement_.at(t_s).effort;
        case SimTask::bridge: return 0.02 + (local_[channel] ? 0.25 : 0.30) * movement_.at(t_s).effort;
        case SimTask::mobility: return 0.03 + (local_[channel] ? 0.12 : 0.20) * movement_.at(t_s).effort;
    }
    return 0.0;
}

}  // namespace tonus
