#pragma once

#include <functional>
#include <vector>

#include "bench/scorecard/live_trial.hpp"
#include "bench/scorecard/scorecard.hpp"

namespace tonus::bench {

/// What a search came to.
struct Found {
    int n = 0;             ///< the most that holds; 0: not even the least
    bool is_limit = true;  ///< false: the most that may be tried holds
};

/// Looks for the most that `holds`, of ascending numbers, beginning near `start` and asking as seldom as
/// it can: each answer is a live run. Takes it that what holds more holds less.
Found search_most(const std::vector<int>& ladder, int start, const std::function<bool(int)>& holds);

/// The channel counts that are tried, up to `most`: a factor of 1.2 to 1.5 apart, whole vectors.
std::vector<int> channel_ladder(int most);

struct CapacityConfig {
    Rate rate{2000, 1};
    int n_channels_most = 2048;
    double trial_s = 1.5;    ///< of each run of the search
    double proof_s = 6.0;    ///< of the run that proves what was found
    double search_s = 10.0;  ///< no larger number is tried after that long: then the machine may hold more
    double ns_per_channel_sample = 50.0;  ///< what one is thought to cost, to begin near the answer
};

/// Searches by live runs (live_trial.hpp): a number holds when one of two runs has no late block and
/// nothing lost, because one run can meet a neighbour's work; the number found must do so in the longer
/// proof, or else the next smaller one.
Capacity measure_capacity(const CapacityConfig& config);

}  // namespace tonus::bench
