#pragma once

#include <vector>

#include "engine/pipeline/calibration.hpp"
#include "tools/tonus/session_run.hpp"

namespace tonus::cli {

/// Guides a person, or a simulated one, through rest and maximal efforts.
std::vector<Calibration::Outcome> run_calibration(Sources& sources, const EffortPlan& plan,
                                                  MvcTrialsConfig trials, Speed speed, const Voice& voice);

/// Puts the references that were found into the session.
void take_references(Session& session, const std::vector<Calibration::Outcome>& outcomes);

void print_outcomes(const std::vector<Calibration::Outcome>& outcomes);
void print_outcomes_json(const std::vector<Calibration::Outcome>& outcomes);

}  // namespace tonus::cli
