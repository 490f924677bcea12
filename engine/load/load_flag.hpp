#pragma once

#include <cstdint>
#include <string_view>

#include "engine/core/tick.hpp"

namespace tonus {

/// Settings of a LoadFlag.
struct LoadFlagConfig {
    float limit_mvc = 1.0f / 3.0f;  ///< too much at or above this fraction of MVC
    float release_mvc = 0.30f;      ///< acceptable again at or below this
    double raise_s = 0.5;           ///< leaky time above the limit before the flag rises
    double clear_s = 0.5;           ///< leaky time below the release before it clears
};

enum class LoadState : std::uint8_t { under, over, unknown };

std::string_view load_state_name(LoadState state) noexcept;

/// A load at one tick, or why there is none.
struct LoadTick {
    std::uint64_t index = 0;
    float value_mvc = 0.0f;
    bool valid = false;
    Reason reason = Reason::none;  ///< why there is no value, or a part of it is missing
};

/// What the flag says at one tick.
struct LoadResult {
    LoadState state = LoadState::unknown;
    Reason reason = Reason::none;  ///< why unknown, or why an `over` is held on old data
    bool raised = false;           ///< the flag rose at this tick
    bool cleared = false;          ///< the flag cleared at this tick
    std::uint64_t since = 0;       ///< tick of the first crossing that led to a change
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

    double delay_s() const noexcept { return config_.raise_s; }

private:
    enum class Mode { off, on, unknown };

    LoadResult without_value(Reason reason) noexcept;

    LoadFlagConfig config_;
    int raise_ticks_;
    int clear_ticks_;
    Mode mode_ = Mode::unknown;
    int count_ = 0;               // the leaky dwell
    int n_invalid_ = 0;           // ticks without a value, in a row
    std::uint64_t crossing_ = 0;  // where count_ last left zero
};

}  // namespace tonus
