#include "bench/scorecard/measure.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bench/scorecard/capacity.hpp"
#include "bench/scorecard/live_trial.hpp"
#include "bench/scorecard/offline_speed.hpp"
#include "bench/scorecard/ring_figures.hpp"
#include "bench/scorecard/stage_costs.hpp"
#include "engine/core/error.hpp"

namespace tonus::bench {
namespace {

/// How long each part takes, and how far the search goes.
struct Plan {
    double rated_s, latency_s, spin_s, ring_s, stages_data_s, offline_data_s, trial_s, search_s, proof_s, proof_2k_s;
    int n_channels_most;
};
// The hum in the signal is found within 12 s: the proof at 2 kHz is longer, so that its canceller is at
// work too.
constexpr Plan kWhole{10.5, 10.5, 5.5, 1.0, 20.0, 600.0, 1.5, 8.0, 4.0, 13.5, 2048};
constexpr Plan kQuick{2.0, 2.0, 1.5, 0.3, 3.0, 60.0, 0.7, 1.5, 1.0, 1.0, 512};

const char* memory_word(MemoryHold hold) {
    return hold == MemoryHold::locked ? "locked" : hold == MemoryHold::touched ? "touched" : "not held";
}

RatedLoad measure_rated(double seconds) {
    const Trial trial = run_trial({.n_channels = 32, .duration_s = seconds, .n_motion_sensors = 8, .frame_ring_s = 10.0});
    return {.cpu_share = trial.process_share, .resident_mib = trial.resident_mib, .memory = memory_word(trial.memory),
            .engine_page_faults = static_cast<int>(trial.engine.n_page_faults), .n_late = static_cast<int>(trial.n_late)};
}

Latency measure_latency(const std::string& condition, const TrialConfig& config) {
    Trial trial = run_trial(config);
    return {.condition = condition, .to_row = distribution_of(std::move(trial.to_row_ns)),
            .timer_floor = distribution_of(std::move(trial.wake_late_ns))};
}

/// A search may not fill the memory: a run takes some 2 s of all channels, some four times over.
int most_that_fits(const Machine& machine, double rate_hz, int most) {
    if (machine.memory_mib <= 0.0) return most;
    const double bytes_per_channel = rate_hz * 4.0 * 10.0;
    const double fits = 0.25 * machine.memory_mib * 1024.0 * 1024.0 / bytes_per_channel;
    return std::clamp(static_cast<int>(fits), 8, most);
}

}  // namespace

Scorecard measure_scorecard(const MeasureOptions& options) {
    const Plan& plan = options.quick ? kQuick : kWhole;
    double part = 0.0;
    const auto next = [&](const std::string& what, double share) {
        if (options.stop && options.stop()) throw run_error("stopped before the scorecard was complete");
        if (options.progress) options.progress(what, part);
        part += share;
    };
    Scorecard card{.machine = this_machine(), .quick = options.quick};
    const bool has_cores = card.machine.n_usable > 1;

    // First, while the process is as small as in a session.
    next("a session of 32 channels and 8 motion sensors", 0.1);
    card.rated = measure_rated(plan.rated_s);
    next("cost of each stage", 0.04);
    card.stages = measure_stages({.duration_s = plan.stages_data_s});
    next("offline", 0.05);
    card.offline_x_real_time = measure_offline(plan.offline_data_s);
    next("ring", 0.01);
    card.ring = measure_ring(plan.ring_s);
    next("delay, idle", 0.2);
    card.latency.push_back(measure_latency("idle", {.duration_s = plan.latency_s, .everything = false}));
    next("delay, every core busy", 0.2);
    card.latency.push_back(measure_latency("loaded", {.duration_s = plan.latency_s, .busy_cores = true, .everything = false}));
    if (has_cores) {
        next("delay, spinning", 0.05);
        card.latency.push_back(measure_latency("spinning", {.read_s = 0.0005, .duration_s = plan.spin_s, .everything = false, .places = {.spin = true}}));
    }
    for (const std::uint64_t rate_hz : {1000u, 2000u, 4000u}) {
        next(fmt::format("channels at {} kHz", rate_hz / 1000), 0.11);
        const CapacityConfig config{.rate = {rate_hz, 1},
                                    .n_channels_most = most_that_fits(card.machine, static_cast<double>(rate_hz), plan.n_channels_most),
                                    .trial_s = plan.trial_s, .proof_s = rate_hz == 2000 ? plan.proof_2k_s : plan.proof_s,
                                    .search_s = plan.search_s, .ns_per_channel_sample = card.ns_per_channel_sample()};
        card.capacity.push_back(measure_capacity(config));
    }
    if (options.progress) options.progress("", 1.0);
    return card;
}

}  // namespace tonus::bench
