#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/activation/group.hpp"
#include "engine/core/memory.hpp"
#include "engine/device/gap.hpp"
#include "engine/device/stream_info.hpp"
#include "engine/sinks/result.hpp"
#include "engine/spectrum/fatigue_trend.hpp"
#include "engine/timeline/clock_fit.hpp"

namespace tonus {

/// What a sink needs to know of a session before its first row.
struct SessionInfo {
    struct Channel {
        std::string name;
        MuscleClass muscle = MuscleClass::auxiliary;
        Reason reference = Reason::none;  ///< why it has no fraction of MVC
        std::string part_of = {};         ///< the muscle it shares with other channels; empty: its own
    };
    std::string form = "causal";           ///< of the filters and windows that made the results
    std::vector<Channel> channels;
    std::vector<StreamInfo> streams;       ///< of all devices, in order
    float limit_mvc = 1.0f / 3.0f;
    float release_mvc = 0.30f;
    bool ecg_template = false;             ///< rows carry path B too
    bool vibration = false;                ///< rows may be estimates between two bounds
    bool unmixed = false;                  ///< rows carry channels without cross-talk too
    double envelope_delay_s = 0.0;         ///< filters and half the window
    double flag_delay_s = 0.0;             ///< added by the dwell of the flag
    std::vector<std::string> notes;        ///< what a person should know: clipped bands and such
};

/// The account of a session.
struct RunSummary {
    struct Stream {
        LossLedger ledger;
        ClockEstimate clock;
        std::string trouble;               ///< why it ended before its time; empty: all is well
    };
    std::vector<Stream> streams;
    double duration_s = 0.0;
    std::uint64_t n_ticks = 0;
    std::uint64_t n_ticks_known = 0;       ///< with a load
    std::uint64_t n_ticks_over_limit = 0;  ///< of those, with the load at or over the limit
    std::uint64_t n_raised = 0;
    std::uint64_t n_ticks_over = 0;        ///< with the flag raised
    // Of the load, where it is known; NaN: none. For information: the limits that ergonomics sets on
    // them are for hours of work (domain 6.6).
    double load_p10_mvc = std::numeric_limits<double>::quiet_NaN();
    double load_p50_mvc = std::numeric_limits<double>::quiet_NaN();
    double load_p90_mvc = std::numeric_limits<double>::quiet_NaN();
    std::uint64_t n_ticks_estimate = 0;    ///< while the body was vibrated
    double below_band_s = 0.0, in_band_s = 0.0, above_band_s = 0.0;  ///< of 15 to 33 % (domain 6.1)
    std::vector<double> channel_over_s;    ///< with the muscle's own flag up
    std::vector<double> channel_mean_mvc;  ///< over its valid ticks; NaN: none
    std::vector<double> channel_peak_mvc;
    std::vector<std::optional<FatigueTrend>> channel_fatigue;  ///< of its longest hold of 30 s or more
    double local_mean_mvc = 0.0, global_mean_mvc = 0.0;  ///< NaN: none
    /// Of a live run: how its engine thread fared from its first step to its last.
    struct EngineThread {
        MemoryHold memory = MemoryHold::none;
        ThreadUsage usage;
    };
    std::optional<EngineThread> engine = {};
};

/// Takes the results of a session and writes them down somewhere.
///
/// Threads    one, its own in a live run; it may block on disk or network there.
class Sink {
public:
    virtual ~Sink() = default;

    virtual std::string_view name() const noexcept = 0;

    virtual void begin(const SessionInfo& session) = 0;  ///< throws Error
    virtual void row(const ResultRow& row) noexcept = 0;
    virtual void event(const Event& event) noexcept = 0;
    virtual void end(const RunSummary& summary) = 0;  ///< throws Error when something was not kept

    /// Called now and then in a live run, also while no rows come. `age_s` is the age of the
    /// newest row, with what its frames had waited before they came to us; `n_missed` counts rows this sink was too slow for.
    virtual void idle(double age_s, std::uint64_t n_missed) noexcept {
        (void)age_s;
        (void)n_missed;
    }

    /// A sink that keeps data has room for 30 s; a view only for a moment.
    virtual bool keeps_data() const noexcept { return true; }
};

}  // namespace tonus
