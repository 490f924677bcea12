#pragma once

#include <cstddef>

#include "engine/core/aligned.hpp"
#include "engine/device/frames.hpp"

namespace tonus {

/// What a Gate remembers of a channel from sample to sample, channels as lanes, so that a block in
/// which nothing happens to them takes a few instructions for eight of them.
struct GateLanes {
    explicit GateLanes(std::size_t n_lanes);

    // Set up once.
    AlignedVector<double> uv_per_step, middle;
    AlignedVector<double> rail_from;  ///< distance from the middle; infinite where there is no range
    // Remembered.
    AlignedVector<double> offset, last, highest, lowest, smallest_step, plateau_step;
    AlignedVector<double> n_equal;    ///< in a row
    AlignedVector<double> held_uv;    ///< the last good value, a float
    AlignedVector<double> calm;       ///< 1: has an offset and a last value, and nothing is wrong
    // Out of each call.
    AlignedVector<double> ordinary;   ///< 1: nothing happened in this block, and its samples are done
    AlignedVector<std::byte> padded;  ///< [frame][lane], of those channels that are no whole register
};

/// Domain 2.6: what is_saturated() looks for, and 2.7.
struct GateLimits {
    double electrode_max_uv;
    double plateau_samples, plateau_entry_steps, plateau_span_steps;  ///< three samples at least
    double n_equal_max;  ///< as many in a row may be an electrode off
};

/// Takes the offset off a block and writes float microvolts. A lane that is calm and stays free of faults is
/// taken; of any other neither memory nor samples are to be used, and Gate::sample() does it again.
void take_ordinary(GateLanes& lanes, const GateLimits& limits, const RawFrames& raw, float* samples) noexcept;

}  // namespace tonus
