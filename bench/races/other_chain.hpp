#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace tonus::bench {

/// The reference chain (band-pass of order 4, notch, rectify, 5 Hz low-pass) by somebody else's means: takes
/// one block of interleaved frames, one frame every `stride` values.
using OtherChain = std::function<void(const float* in, float* out)>;

struct ChainShape {
    std::size_t n_channels = 16;
    std::size_t n_frames = 32;
    std::size_t stride = 16;
    double rate_hz = 2000.0;
};

/// The team's ruler, with one, two and four lane groups interleaved. None where it was not built (CMake
/// option TONUS_YARDSTICK), for channels that are no multiple of 8, or on a processor without AVX2.
std::vector<OtherChain> yardsticks(const ChainShape& shape);

/// liquid-dsp's sections in float; nothing where it was not found.
OtherChain liquid_chain(const ChainShape& shape);

/// BrainFlow's filters in double, called once a block as its users do: each call begins anew, so what comes
/// out is wrong at the blocks' edges. Nothing where it was not found.
OtherChain brainflow_chain(const ChainShape& shape);

}  // namespace tonus::bench
