#pragma once

#include <string>
#include <vector>

#include "engine/pipeline/session.hpp"

namespace tonus {

/// When a person rests and when they work, in seconds from the first frame (domain 4.2).
struct EffortPlan {
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

    /// True of a moment between the ramps of a trial.
    bool holds(const Moment& moment) const noexcept {
        return moment.phase == Phase::trial && moment.into_s >= ramp_s && moment.into_s < ramp_s + hold_s;
    }
    /// True while resting levels count: not while the person and the filters settle.
    /// @param delay_s  of the signal that is looked at
    bool rests(double time_s, double delay_s = 0.0) const noexcept;
};

/// The directions of effort that give the sites of a session their maximum (domain 4.1).
std::vector<std::string> efforts_for(const Session& session);

/// A site with an electrode pair on both sides.
struct SitePair {
    std::string name;           ///< "MF"; the names of its channels where the site has several pairs
    std::size_t left = 0;       ///< positions among the session's channels
    std::size_t right = 0;
};

/// The sites of a session that can be told left from right, in the order of their left channels.
std::vector<SitePair> site_pairs(const Session& session);

/// An effort of the left side alone for each pair, then one of the right, pair after pair.
std::vector<std::string> one_sided_efforts(const Session& session, const std::vector<SitePair>& pairs);

}  // namespace tonus
