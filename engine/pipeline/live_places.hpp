#pragma once

#include <optional>

namespace tonus {

/// Where the threads of a live run go and how the engine waits, where a person asked for it.
struct LivePlaces {
    bool spin = false;             ///< the engine never waits: 30 us less delay for a whole core
    std::optional<int> cpu = {};   ///< the engine's core; the other threads keep off it
    bool realtime = false;         ///< devices and engine before all else on the machine
};

}  // namespace tonus
