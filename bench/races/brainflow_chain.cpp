#include "bench/races/other_chain.hpp"

#ifdef TONUS_BRAINFLOW
#include <cmath>

#include "bench/races/reference_chain.hpp"

// From its data_handler.h: installed packages hold the library without headers.
extern "C" {
int perform_bandpass(double* data, int n, int rate_hz, double low_hz, double high_hz, int order, int type, double ripple);
int perform_bandstop(double* data, int n, int rate_hz, double low_hz, double high_hz, int order, int type, double ripple);
int perform_lowpass(double* data, int n, int rate_hz, double cutoff_hz, int order, int type, double ripple);
}
#endif

namespace tonus::bench {

#ifdef TONUS_BRAINFLOW

OtherChain brainflow_chain(const ChainShape& shape) {
    return [shape, work = std::vector<double>(shape.n_frames)](const float* in, float* out) mutable {
        constexpr int kButterworth = 0;
        const int n = static_cast<int>(shape.n_frames), rate_hz = static_cast<int>(shape.rate_hz);
        for (std::size_t ch = 0; ch < shape.n_channels; ++ch) {
            for (std::size_t f = 0; f < shape.n_frames; ++f) work[f] = static_cast<double>(in[f * shape.stride + ch]);
            perform_bandpass(work.data(), n, rate_hz, 20.0, 450.0, 4, kButterworth, 0.0);
            perform_bandstop(work.data(), n, rate_hz, 49.0, 51.0, 2, kButterworth, 0.0);
            for (double& x : work) x = std::abs(x);
            perform_lowpass(work.data(), n, rate_hz, 5.0, 2, kButterworth, 0.0);
            for (std::size_t f = 0; f < shape.n_frames; ++f) out[f * shape.stride + ch] = kReferenceScale * static_cast<float>(work[f]);
        }
    };
}

#else

OtherChain brainflow_chain(const ChainShape&) { return {}; }

#endif

}  // namespace tonus::bench
