#pragma once

#include <cstdint>
#include <vector>

#include "bench/scorecard/load_device.hpp"
#include "engine/core/memory.hpp"
#include "engine/pipeline/live_places.hpp"

namespace tonus::bench {

/// A live run to measure: the real threads, rings and sinks, devices of our own.
struct TrialConfig {
    std::size_t n_channels = 16;
    Rate rate{2000, 1};
    double read_s = 0.01;        ///< between two reads of a device
    double duration_s = 2.0;
    int n_motion_sensors = 0;    ///< beside it, of 6 channels at 200 Hz, each a device of its own
    bool busy_cores = false;     ///< every core has other work to do
    double frame_ring_s = 2.0;
    bool everything = true;      ///< false: a plain session, without ECG path B and with flag engine A
    LivePlaces places = {};
};

/// What came of it. The first half second, in which caches fill, is not in it.
struct Trial {
    std::vector<std::int64_t> to_row_ns = {};    ///< from the read that completed each tick to its row
    std::vector<std::int64_t> wake_late_ns = {}; ///< of the EMG device's thread, by the system's timer
    std::uint64_t n_late = 0;               ///< rows over a tick late, or never there
    std::uint64_t n_frames_lost = 0;        ///< refused by the ring
    double engine_share = 0.0;              ///< of one core, of the engine's thread
    double process_share = 0.0;             ///< of one core, of all threads but the busy ones
    double resident_mib = 0.0;
    ThreadUsage engine = {};
    MemoryHold memory = MemoryHold::none;
};

/// Throws Error where the places cannot be had.
Trial run_trial(const TrialConfig& config);

}  // namespace tonus::bench
