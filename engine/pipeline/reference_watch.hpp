#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"
#include "engine/sinks/result_ring.hpp"

namespace tonus {

/// Watches for signs that a channel's reference holds no more, and says each once.
///
///   over_reference  more than the maximum for half a second: it was no maximum, or is no more
///   rest_changed    for a minute never under twice the resting level, or for a second under half of
///                   it: an electrode moved, or the noise changed
///
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 4.5.
class ReferenceWatch {
public:
    /// @param rest_uv  per channel of the montage; 0 where there is no reference
    explicit ReferenceWatch(std::vector<double> rest_uv);

    void process(const Tick<unit::Microvolt>& envelope, const Tick<unit::Mvc>& activation, double time_s, ResultPort& out) noexcept;

private:
    struct Channel {
        double rest_uv = 0.0;
        std::uint32_t n_over = 0, n_loud = 0, n_silent = 0;  // ticks in a row
        bool said_over = false, said_rest = false;
    };
    std::vector<Channel> channels_;
};

}  // namespace tonus
