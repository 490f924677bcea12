#include "bench/races/other_chain.hpp"

#ifdef TONUS_LIQUID
#include <array>
#include <cmath>
#include <memory>

#include <liquid/liquid.h>

#include "bench/races/reference_chain.hpp"
#endif

namespace tonus::bench {

#ifdef TONUS_LIQUID

namespace {

using Filter = std::shared_ptr<iirfilt_rrrf_s>;

Filter filter_of(const std::vector<Section>& sections) {
    std::vector<float> b, a;
    for (const Section& s : sections) {
        for (const double x : {s.b0, s.b1, s.b2}) b.push_back(static_cast<float>(x));
        for (const double x : {1.0, s.a1, s.a2}) a.push_back(static_cast<float>(x));
    }
    return {iirfilt_rrrf_create_sos(b.data(), a.data(), static_cast<unsigned>(sections.size())), &iirfilt_rrrf_destroy};
}

}  // namespace

OtherChain liquid_chain(const ChainShape& shape) {
    struct Channel {
        Filter band = filter_of(reference_sections());
        Filter envelope = filter_of({reference_low_pass()});
    };
    return [shape, channels = std::vector<Channel>(shape.n_channels), work = std::vector<float>(shape.n_frames)](const float* in, float* out) mutable {
        const auto n = static_cast<unsigned>(shape.n_frames);
        for (std::size_t ch = 0; ch < shape.n_channels; ++ch) {
            for (std::size_t f = 0; f < shape.n_frames; ++f) work[f] = in[f * shape.stride + ch];
            iirfilt_rrrf_execute_block(channels[ch].band.get(), work.data(), n, work.data());
            for (float& x : work) x = std::abs(x);
            iirfilt_rrrf_execute_block(channels[ch].envelope.get(), work.data(), n, work.data());
            for (std::size_t f = 0; f < shape.n_frames; ++f) out[f * shape.stride + ch] = kReferenceScale * work[f];
        }
    };
}

#else

OtherChain liquid_chain(const ChainShape&) { return {}; }

#endif

}  // namespace tonus::bench
