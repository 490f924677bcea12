#include <memory>

#include "bench/races/other_chain.hpp"

#if defined(TONUS_YARDSTICK) && defined(__AVX2__) && defined(__FMA__)
#include <limit_kernels.hpp>
#endif

namespace tonus::bench {

#if defined(TONUS_YARDSTICK) && defined(__AVX2__) && defined(__FMA__)

std::vector<OtherChain> yardsticks(const ChainShape& shape) {
    if (shape.n_channels % 8 != 0 || __builtin_cpu_supports("avx2") == 0) return {};
    double gain = 1.0;
    const auto band = anchor::butter_bandpass(4, shape.rate_hz, 20, 450, &gain);
    const auto chain = std::make_shared<anchor::LimTdf2<4, true>>(static_cast<int>(shape.n_channels), band, gain, anchor::notch(shape.rate_hz, 50, 30),
                                                                  anchor::butter_lp2(shape.rate_hz, 5));
    const int frames = static_cast<int>(shape.n_frames), stride = static_cast<int>(shape.stride);
    return {[=](const float* in, float* out) { chain->block<1>(in, out, frames, stride); },
            [=](const float* in, float* out) { chain->block<2>(in, out, frames, stride); },
            [=](const float* in, float* out) { chain->block<4>(in, out, frames, stride); }};
}

#else

std::vector<OtherChain> yardsticks(const ChainShape&) { return {}; }

#endif

}  // namespace tonus::bench
