#include "bench/scorecard/capacity.hpp"

#include <algorithm>

namespace tonus::bench {
namespace {

constexpr int kTries = 2;

bool was_held(const Trial& trial) { return trial.n_late == 0 && trial.n_frames_lost == 0 && !trial.to_row_ns.empty(); }

Trial best_of_tries(const CapacityConfig& config, int n_channels, double duration_s) {
    Trial trial;
    for (int i = 0; i < kTries; ++i) {
        trial = run_trial({.n_channels = static_cast<std::size_t>(n_channels), .rate = config.rate, .duration_s = duration_s});
        if (was_held(trial)) break;
    }
    return trial;
}

}  // namespace

Found search_most(const std::vector<int>& ladder, int start, const std::function<bool(int)>& holds) {
    if (ladder.empty()) return {};
    const auto first_above = std::upper_bound(ladder.begin(), ladder.end(), start);
    std::size_t at = first_above == ladder.begin() ? 0 : static_cast<std::size_t>(first_above - ladder.begin()) - 1;
    if (holds(ladder[at])) {
        while (at + 1 < ladder.size() && holds(ladder[at + 1])) ++at;
        return {ladder[at], at + 1 < ladder.size()};
    }
    while (at > 0) {
        if (holds(ladder[--at])) return {ladder[at], true};
    }
    return {0, true};
}

std::vector<int> channel_ladder(int most) {
    std::vector<int> ladder;
    for (int n = 8; n <= most; n *= 2) {
        ladder.push_back(n);
        if (n >= 16 && n + n / 2 <= most) ladder.push_back(n + n / 2);
    }
    return ladder;
}

Capacity measure_capacity(const CapacityConfig& config) {
    const std::vector<int> ladder = channel_ladder(config.n_channels_most);
    // Of the engine's core: a row must be there within its tick, and there is more to do than this thread's.
    constexpr double kShareToBegin = 0.15;
    const double start = kShareToBegin * 1e9 / (config.ns_per_channel_sample * config.rate.hz());
    const SystemClock clock;
    const std::int64_t begin_ns = clock.now_ns();
    bool time_is_up = false;
    int held = 0;
    Found found = search_most(ladder, static_cast<int>(std::min(start, static_cast<double>(config.n_channels_most))), [&](int n) {
        time_is_up = n > held && held > 0 && static_cast<double>(clock.now_ns() - begin_ns) > 1e9 * config.search_s;
        if (time_is_up || !was_held(best_of_tries(config, n, config.trial_s))) return false;
        held = std::max(held, n);
        return true;
    });
    if (time_is_up) found.is_limit = false;

    for (auto at = std::find(ladder.begin(), ladder.end(), found.n); at != ladder.end();) {
        const Trial proof = best_of_tries(config, *at, config.proof_s);
        if (was_held(proof)) {
            const std::int64_t slowest_ns = *std::max_element(proof.to_row_ns.begin(), proof.to_row_ns.end());
            return {.rate_hz = config.rate.hz(), .n_channels = *at, .is_limit = found.is_limit,
                    .spare = std::max(0.0, 1.0 - proof.engine_share), .slowest_ms = 1e-6 * static_cast<double>(slowest_ns),
                    .seconds = config.proof_s};
        }
        found.is_limit = true;
        if (at == ladder.begin()) break;
        --at;
    }
    return {.rate_hz = config.rate.hz(), .n_channels = 0, .is_limit = true};
}

}  // namespace tonus::bench
