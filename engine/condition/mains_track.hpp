#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/rate.hpp"

namespace tonus {

/// One channel of a stretch, with its flags.
struct FlaggedSignal {
    std::span<const float> uv;
    std::span<const std::uint8_t> flags;
};

/// The frequency of the grid through a stretch of a recording: one value a second, of the moments
/// 0 s, 1 s, ... and one behind the end.
///
/// Every channel is mixed down by the nominal frequency and summed over 100 ms, each sum divided by the
/// power of its 100 ms, so that a contraction says little. The frequency is where the spectrum of 8 s
/// of these sums around the moment, added up over the channels, is highest, within 1 Hz. A moment at
/// which nothing stands out takes the value of the nearest at which something does.
///
/// Input      conditioned microvolts: a drifting electrode would leak in.
/// Source     domain 2.3, "Offline": the tracked f.
std::vector<double> track_mains(std::span<const FlaggedSignal> channels, const Rate& rate, double nominal_hz);

}  // namespace tonus
