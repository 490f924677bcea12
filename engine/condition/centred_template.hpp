#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/core/rate.hpp"

namespace tonus {

/// Takes the heart out of one channel of a recording: the offline twin of EcgTemplate.
///
/// Each beat has a template of its own: the mean of the twenty whole beats on either side of it, each
/// weighing by the inverse of the muscle around it. So the first beats are taken off as well as the
/// last ones, and an electrode that is moved is followed from both sides. Shift, size and the parts of
/// a beat are as in EcgTemplate; a beat that is unlike the others although the muscle is quiet is in no
/// template. With fewer than eight beats to learn from the signal is left alone.
///
/// @param signal_uv  conditioned microvolts (20-450 Hz), changed in place
/// @param beats      the frames of R in it, rising
/// Delay      none.
/// Source     domain 2.4, path B, "Offline".
void subtract_heart(std::span<float> signal_uv, std::span<const std::uint8_t> flags, std::span<const std::size_t> beats,
                    const Rate& rate);

}  // namespace tonus
