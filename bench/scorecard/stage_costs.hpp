#pragma once

#include <vector>

#include "bench/scorecard/scorecard.hpp"
#include "engine/core/rate.hpp"

namespace tonus::bench {

struct StageCostConfig {
    std::size_t n_channels = 32;
    Rate rate{2000, 1};
    std::size_t read_frames = 20;
    double warm_up_s = 13.0;   ///< of data: the hum is found by then, and cancelled
    double duration_s = 20.0;  ///< of data; at full speed
    bool with_hum = true;
};

/// What each stage of the pipeline costs, by a clock read between them: the pipeline itself, with
/// everything on, not a copy of it. What reading the clock takes, some 25 ns, is taken off each time.
std::vector<StageCost> measure_stages(const StageCostConfig& config);

/// What a channel-sample costs in all, without the clocks between: of `n_pieces` stretches of `duration_s` the
/// fastest, because what disturbs only ever slows.
double measure_chain_ns(const StageCostConfig& config, int n_pieces);

}  // namespace tonus::bench
