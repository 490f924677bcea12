#pragma once

#include <optional>

#include "bench/scorecard/scorecard.hpp"

namespace tonus::bench {

/// What our ring does between two cores; nothing where this process may use only one. Beside other rings
/// it is measured in bench/ring_bench.cpp.
std::optional<RingFigures> measure_ring(double seconds);

}  // namespace tonus::bench
