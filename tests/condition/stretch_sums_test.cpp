#include "engine/condition/stretch_sums.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

// Lengths that fill no register, one, and several with a rest.
TEST(StretchSums, AreThePlainSumOnEveryInstructionSet) {
    Random random{9};
    for (const std::size_t n : {0u, 3u, 16u, 181u, 1024u}) {
        std::vector<float> a(n), b(n);
        double plain = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            a[i] = static_cast<float>(random.normal());
            b[i] = static_cast<float>(random.normal());
            plain += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        }
        const double tolerance = 1e-6 * static_cast<double>(n);
        test::each_target([&] { EXPECT_NEAR(sum_of_products(a.data(), b.data(), n), plain, tolerance); });
    }
}

}  // namespace
}  // namespace tonus
