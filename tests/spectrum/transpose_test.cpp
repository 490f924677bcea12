#include "engine/spectrum/transpose.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace tonus {
namespace {

TEST(Transpose, PutsEverySampleInItsPlaceAndTouchesNoOther) {
    for (const std::size_t n_channels : {1u, 3u, 4u, 7u, 8u, 16u, 17u}) {
        for (const std::size_t n_frames : {1u, 2u, 4u, 5u, 20u, 31u, 32u}) {
            const std::size_t in_stride = n_channels + 5, out_stride = n_frames + 3;
            std::vector<float> in(in_stride * n_frames);
            for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<float>(i + 1);
            std::vector<float> out(out_stride * n_channels, -1.0f);
            transpose(in.data(), in_stride, n_channels, n_frames, out.data(), out_stride);
            for (std::size_t ch = 0; ch < n_channels; ++ch) {
                for (std::size_t i = 0; i < out_stride; ++i) {
                    const float expected = i < n_frames ? in[i * in_stride + ch] : -1.0f;
                    ASSERT_EQ(out[ch * out_stride + i], expected) << n_channels << " channels, " << n_frames << " frames, at " << ch << ", " << i;
                }
            }
        }
    }
}

}  // namespace
}  // namespace tonus
