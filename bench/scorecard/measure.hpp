#pragma once

#include <functional>
#include <string>

#include "bench/scorecard/scorecard.hpp"

namespace tonus::bench {

struct MeasureOptions {
    bool quick = false;  ///< under 20 s instead of under two minutes, with shorter tails
    /// Told what is being measured, and which part of the whole is done.
    std::function<void(const std::string& what, double part)> progress = {};
    /// Asked between measurements; true ends with an Error.
    std::function<bool()> stop = {};
};

/// Measures this machine. Throws Error when it was stopped.
Scorecard measure_scorecard(const MeasureOptions& options);

}  // namespace tonus::bench
