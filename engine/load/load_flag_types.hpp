#pragma once

#include <cstdint>
#include <string_view>

#include "engine/core/tick.hpp"

namespace tonus {

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

}  // namespace tonus
