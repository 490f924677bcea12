#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/scorecard/distribution.hpp"
#include "bench/scorecard/machine.hpp"

namespace tonus::bench {

/// How many channels the machine holds live at one rate, every stage on.
struct Capacity {
    double rate_hz = 0.0;
    int n_channels = 0;       ///< the most that ran without one late block; 0: not even the least tried
    bool is_limit = true;     ///< false: no more were tried, the machine may hold more
    double spare = 0.0;       ///< of the engine's core left free while it held them, 0 to 1
    double slowest_ms = 0.0;  ///< from the read that completed a tick to its row, the slowest; late is over 10
    double seconds = 0.0;     ///< of the run that proved it
};

/// From the read that completes a 10 ms tick to its row in the result ring: a plain session of 16 channels
/// at 2 kHz, reads of 10 ms, spinning of one frame.
struct Latency {
    std::string condition;     ///< "idle", "loaded" (every core at work beside us), "spinning"
    Distribution to_row;
    Distribution timer_floor;  ///< how late the operating system woke the device's thread in that run
};

struct StageCost {
    std::string stage;
    double ns_per_channel_sample = 0.0;
    double share = 0.0;
};

/// 32 channels of EMG at 2 kHz and 8 motion sensors at 200 Hz, everything on, each read 100 times a second.
struct RatedLoad {
    double cpu_share = 0.0;     ///< of one core, all threads
    double resident_mib = 0.0;
    std::string memory;         ///< "locked", "touched" or "not held"
    int engine_page_faults = 0; ///< after its start
    int n_late = 0;
};

struct RingFigures {
    double round_trip_ns = 0.0;    ///< there and back between two cores
    double frames_per_ms = 0.0;    ///< of 64 bytes, 20 a record, as a device sends them
};

/// Everything `tonus bench` says of a machine.
struct Scorecard {
    Machine machine = {};
    bool quick = false;
    std::vector<Capacity> capacity = {};
    std::vector<Latency> latency = {};
    std::vector<StageCost> stages = {};
    RatedLoad rated = {};
    std::optional<RingFigures> ring = {};   ///< nothing on one core
    double offline_x_real_time = 0.0;  ///< 16 channels at 2 kHz from memory to a table that goes nowhere

    double ns_per_channel_sample() const;
};

/// The figures as lines of text with small bars, for a terminal.
std::string scorecard_text(const Scorecard& card);

/// The sentence that sums it up: "holds 384 channels at 2 kHz with 60 % to spare".
std::string verdict(const Scorecard& card);

/// As JSON of bench/scorecard/scorecard.schema.json.
std::string scorecard_json(const Scorecard& card);

/// Reads what scorecard_json() wrote.
/// Throws Error (input) naming `name`, the place and what is wrong with it.
Scorecard scorecard_from_json(const std::string& json, const std::string& name);

/// Two machines, or two builds, side by side.
struct Comparison {
    std::string text;
    std::vector<std::string> regressions;  ///< what is worse now by more than the ratio
};

/// @param ratio  how many times worse a figure may be; 1.25 is what neighbours and clocks do
Comparison compare(const Scorecard& before, const Scorecard& now, double ratio);

}  // namespace tonus::bench
