#include "engine/spectrum/transpose.hpp"

#include <cstring>

namespace tonus {
namespace {

// Squares of four by four in registers: one sample at a time it took as long as a third of a transform.
// Every machine has four lanes, so the compiler's own vectors do, and there is nothing to dispatch.
constexpr std::size_t kSquare = 4;
using Row = float __attribute__((vector_size(kSquare * sizeof(float))));

Row load(const float* from) noexcept {
    Row row;
    std::memcpy(&row, from, sizeof row);
    return row;
}

void store(float* to, const Row& row) noexcept { std::memcpy(to, &row, sizeof row); }

void transpose_square(const float* in, std::size_t in_stride, float* out, std::size_t out_stride) noexcept {
    const Row a = load(in), b = load(in + in_stride), c = load(in + 2 * in_stride), d = load(in + 3 * in_stride);
    const Row low_ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), high_ab = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const Row low_cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), high_cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    store(out, __builtin_shufflevector(low_ab, low_cd, 0, 1, 4, 5));
    store(out + out_stride, __builtin_shufflevector(low_ab, low_cd, 2, 3, 6, 7));
    store(out + 2 * out_stride, __builtin_shufflevector(high_ab, high_cd, 0, 1, 4, 5));
    store(out + 3 * out_stride, __builtin_shufflevector(high_ab, high_cd, 2, 3, 6, 7));
}

}  // namespace

void transpose(const float* in, std::size_t in_stride, std::size_t n_channels, std::size_t n_frames, float* out,
               std::size_t out_stride) noexcept {
    std::size_t ch = 0;
    for (; ch + kSquare <= n_channels; ch += kSquare) {
        std::size_t i = 0;
        for (; i + kSquare <= n_frames; i += kSquare) transpose_square(in + i * in_stride + ch, in_stride, out + ch * out_stride + i, out_stride);
        for (; i < n_frames; ++i) {
            for (std::size_t k = ch; k < ch + kSquare; ++k) out[k * out_stride + i] = in[i * in_stride + k];
        }
    }
    for (; ch < n_channels; ++ch) {
        for (std::size_t i = 0; i < n_frames; ++i) out[ch * out_stride + i] = in[i * in_stride + ch];
    }
}

}  // namespace tonus
