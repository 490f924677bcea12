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

    /// @param status_changed  false: every status is that of the last call, and only values are new
    void process(const Tick<unit::Microvolt>& envelope, const Tick<unit::Mvc>& activation, bool status_changed, double time_s,
                 ResultPort& out) noexcept;

private:
    void say(std::size_t channel, float rms_uv, double time_s, ResultPort& out) noexcept;

    // Per channel.
    std::vector<float> loud_uv_, silent_uv_;
    std::vector<std::uint32_t> watched_;                   // 1: it has a reference and a valid value; else counts stand still
    std::vector<std::uint32_t> n_over_, n_loud_, n_silent_;  // ticks in a row
    std::vector<bool> has_reference_, said_over_, said_rest_;
};

}  // namespace tonus
