#pragma once

#include "engine/load/flag_memory.hpp"
#include "engine/load/load_flag_types.hpp"

namespace tonus {

/// Settings of a LoadFlag.
struct LoadFlagConfig {
    float limit_mvc = 1.0f / 3.0f;  ///< too much at or above this fraction of MVC
    float release_mvc = 0.30f;      ///< acceptable again at or below this
    double raise_s = 0.5;           ///< leaky time above the limit before the flag rises
    double clear_s = 0.5;           ///< leaky time below the release before it clears
};

/// Says whether the load on a muscle group has stayed above one third of its maximum.
///
/// Input      a load per 10 ms tick as a fraction of MVC, with the reason when there is none.
/// Output     `over` while raised, `under` while not; a tick without a value, or with a part of it
///            missing, never gives `under`.
///            A raised flag is held without a value for 1 s, then it is unknown, and the first
///            valid value starts anew.
/// Delay      raise_s, added to the delay of the envelope.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: a LoadFlag holds state.
/// Source     domain 6.2 (engine A).
class LoadFlag {
public:
    /// Throws Error unless 0 < release_mvc <= limit_mvc <= 2 and both times are whole ticks.
    explicit LoadFlag(LoadFlagConfig config);

    LoadResult process(LoadTick load) noexcept;

    /// Loads between these, none of it missing, change nothing: process() need not be called for them.
    struct Quiet {
        float above_mvc, below_mvc;
    };
    Quiet quiet() const noexcept;
    bool is_on() const noexcept { return memory_.is_on(); }

    double delay_s() const noexcept { return config_.raise_s; }

private:
    LoadFlagConfig config_;
    int raise_ticks_;
    int clear_ticks_;
    FlagMemory memory_;
    int count_ = 0;               // the leaky dwell
    std::uint64_t crossing_ = 0;  // where count_ last left zero
};

}  // namespace tonus
