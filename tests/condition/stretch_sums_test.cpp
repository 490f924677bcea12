#include "engine/condition/stretch_sums.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

// Lengths that fill no register, one, and several with a rest.
TEST(StretchSums, AreThePlainSumsOnEveryInstructionSet) {
    Random random{9};
    for (const std::size_t n : {0u, 3u, 16u, 181u, 1024u}) {
        std::vector<float> a(n), b(n);
        StretchSums plain;
        for (std::size_t i = 0; i < n; ++i) {
            a[i] = static_cast<float>(random.normal());
            b[i] = static_cast<float>(random.normal());
            plain.product += static_cast<double>(a[i]) * static_cast<double>(b[i]);
            plain.a_square += static_cast<double>(a[i]) * static_cast<double>(a[i]);
            plain.b_square += static_cast<double>(b[i]) * static_cast<double>(b[i]);
        }
        const double tolerance = 1e-6 * static_cast<double>(n);
        test::each_target([&] {
            const StretchSums sums = stretch_sums(a.data(), b.data(), n);
            EXPECT_NEAR(sum_of_products(a.data(), b.data(), n), plain.product, tolerance);
            EXPECT_NEAR(sums.product, plain.product, tolerance);
            EXPECT_NEAR(sums.a_square, plain.a_square, tolerance);
            EXPECT_NEAR(sums.b_square, plain.b_square, tolerance);
        });
    }
}

}  // namespace
}  // namespace tonus
