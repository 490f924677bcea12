#pragma once

#include <vector>

#include <Eigen/Core>

#include "bench/races/other_chain.hpp"
#include "bench/races/reference_chain.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/envelope/linear_envelope.hpp"

namespace tonus::bench {

/// Sample by sample, one channel after the other, as a first version is written.
template <class T>
struct ScalarChain {
    explicit ScalarChain(const ChainShape& of)
        : shape(of), sections(of.n_channels, SectionCascade<T>{reference_sections()}), envelopes(of.n_channels, LinearEnvelope<T>{1, 5.0, of.rate_hz}) {}

    void operator()(const float* in, float* out) {
        for (std::size_t ch = 0; ch < shape.n_channels; ++ch) {
            for (std::size_t f = 0; f < shape.n_frames; ++f) {
                T x = static_cast<T>(in[f * shape.stride + ch]);
                sections[ch].process({&x, 1});
                envelopes[ch].process({&x, 1});
                out[f * shape.stride + ch] = kReferenceScale * static_cast<float>(x);
            }
        }
    }

    ChainShape shape;
    std::vector<SectionCascade<T>> sections;
    std::vector<LinearEnvelope<T>> envelopes;
};

/// Channels as the elements of Eigen's arrays, one section after the other.
struct EigenChain {
    using Array = Eigen::ArrayXf;

    explicit EigenChain(const ChainShape& of)
        : shape(of), states(2 * sections.size(), Array::Zero(static_cast<Eigen::Index>(of.n_channels))), x1(states[0]), x2(x1), w(x1), y(x1) {}

    void operator()(const float* in, float* out) {
        for (std::size_t f = 0; f < shape.n_frames; ++f) {
            Array x = Eigen::Map<const Array>(in + f * shape.stride, y.size());
            for (std::size_t s = 0; s < sections.size(); ++s) {
                const auto b0 = static_cast<float>(sections[s].b0), b1 = static_cast<float>(sections[s].b1), b2 = static_cast<float>(sections[s].b2),
                           a1 = static_cast<float>(sections[s].a1), a2 = static_cast<float>(sections[s].a2);
                out_of_section = b0 * x + states[2 * s];
                states[2 * s] = b1 * x - a1 * out_of_section + states[2 * s + 1];
                states[2 * s + 1] = b2 * x - a2 * out_of_section;
                x = out_of_section;
            }
            x = x.abs();
            w = static_cast<float>(low_pass.a2) * w + static_cast<float>(low_pass.b0) * (x + 2.0f * x1 + x2 - 4.0f * y);
            y += w;
            x2 = x1;
            x1 = x;
            Eigen::Map<Array>(out + f * shape.stride, y.size()) = kReferenceScale * y.max(0.0f);
        }
    }

    ChainShape shape;
    std::vector<Section> sections = reference_sections();
    Section low_pass = reference_low_pass();
    std::vector<Array> states;
    Array x1, x2, w, y, out_of_section;
};

}  // namespace tonus::bench
