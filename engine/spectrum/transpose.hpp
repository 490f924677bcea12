#pragma once

#include <cstddef>

namespace tonus {

/// Lays frames out channel by channel: out[ch * out_stride + i] = in[i * in_stride + ch].
///
/// Real time  does not allocate, lock, throw or call the system.
void transpose(const float* in, std::size_t in_stride, std::size_t n_channels, std::size_t n_frames, float* out,
               std::size_t out_stride) noexcept;

}  // namespace tonus
