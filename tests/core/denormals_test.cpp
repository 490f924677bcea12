#include "engine/core/denormals.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace tonus {
namespace {

// volatile: the compiler must not do the sum itself, with its own idea of denormals.
float halved_least_normal() {
    volatile float least = std::numeric_limits<float>::min();
    volatile float half = least * 0.5f;
    return half;
}

float scaled_up_denormal() {
    volatile float denormal = std::numeric_limits<float>::denorm_min();
    volatile float scaled = denormal * 1e30f;
    return scaled;
}

TEST(FlushDenormals, MakesDenormalsZeroWhileItLivesAndNoLonger) {
#if defined(__SSE2__) || defined(__aarch64__)
    ASSERT_GT(halved_least_normal(), 0.0f);
    {
        const FlushDenormals flush;
        EXPECT_EQ(halved_least_normal(), 0.0f);
        EXPECT_EQ(scaled_up_denormal(), 0.0f);
        {
            const FlushDenormals again;
            EXPECT_EQ(halved_least_normal(), 0.0f);
        }
        EXPECT_EQ(halved_least_normal(), 0.0f) << "an inner one must not end the outer one";
    }
    EXPECT_GT(halved_least_normal(), 0.0f);
    EXPECT_GT(scaled_up_denormal(), 0.0f);
#else
    GTEST_SKIP() << "this processor's denormals are left as they are";
#endif
}

}  // namespace
}  // namespace tonus
