#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace tonus::bench {

/// The team's ruler for the reference chain, with one, two and four lane groups interleaved. None
/// where it was not built (CMake option TONUS_YARDSTICK), for channels that are no multiple of 8, or
/// on a processor without AVX2.
struct Yardstick {
    std::string name;
    std::function<void(const float* in, float* out)> block;
};

std::vector<Yardstick> yardsticks(std::size_t n_channels, std::size_t n_frames, double rate_hz);

}  // namespace tonus::bench
