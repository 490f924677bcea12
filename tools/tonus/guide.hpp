#pragma once

#include <atomic>
#include <string_view>

#include "engine/pipeline/effort_plan.hpp"
#include "engine/pipeline/taps.hpp"
#include "tools/tonus/session_run.hpp"

namespace tonus::cli {

/// What a person is led through, and with which words an effort begins.
struct Guide {
    const EffortPlan& plan;
    std::string_view urge;
};

/// Runs the devices until `done`, while a person is told what to do by the time of the data itself
/// and `watcher` sees it. The session's references play no part.
void run_guided(Sources& sources, const Guide& guide, Taps& watcher, const std::atomic<bool>& done, Speed speed, const Voice& voice);

/// Seconds of rest between two efforts, where the command line says none.
double pause_or_usual(const std::optional<double>& said_s, double usual_s, const Sources& sources);

}  // namespace tonus::cli
