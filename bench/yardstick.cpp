#include "bench/yardstick.hpp"

#include <memory>

#if defined(TONUS_YARDSTICK) && defined(__AVX2__) && defined(__FMA__)
#include <limit_kernels.hpp>
#endif

namespace tonus::bench {

#if defined(TONUS_YARDSTICK) && defined(__AVX2__) && defined(__FMA__)

std::vector<Yardstick> yardsticks(std::size_t n_channels, std::size_t n_frames, double rate_hz) {
    if (n_channels % 8 != 0 || __builtin_cpu_supports("avx2") == 0) return {};
    double gain = 1.0;
    const auto band = anchor::butter_bandpass(4, rate_hz, 20, 450, &gain);
    const auto chain = std::make_shared<anchor::LimTdf2<4, true>>(
        static_cast<int>(n_channels), band, gain, anchor::notch(rate_hz, 50, 30), anchor::butter_lp2(rate_hz, 5));
    const int frames = static_cast<int>(n_frames), stride = static_cast<int>(n_channels);
    return {{"U=1", [=](const float* in, float* out) { chain->block<1>(in, out, frames, stride); }},
            {"U=2", [=](const float* in, float* out) { chain->block<2>(in, out, frames, stride); }},
            {"U=4", [=](const float* in, float* out) { chain->block<4>(in, out, frames, stride); }}};
}

#else

std::vector<Yardstick> yardsticks(std::size_t, std::size_t, double) { return {}; }

#endif

}  // namespace tonus::bench
