#include "engine/condition/folded_transform.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

constexpr std::size_t kLanesUsed = 24, kLines = 6;

double turn_of(std::size_t line) { return 0.05 + 0.11 * static_cast<double>(line); }

std::vector<float> noise(std::size_t n) {
    Random random{5};
    std::vector<float> x(n);
    for (float& value : x) value = static_cast<float>(30.0 * random.normal());
    return x;
}

/// With an even and an odd number of frames: then one is in the middle.
class FoldedTransformTest : public testing::TestWithParam<std::size_t> {};

TEST_P(FoldedTransformTest, IsThePlainSumOnEveryInstructionSet) {
    const std::size_t n = GetParam();
    const std::vector<float> x = noise((n + 1) * kLanesUsed);
    for (const bool steps : {false, true}) {
        test::each_target([&] {
            FoldedTransform transform{n, kLines, kLanesUsed};
            for (std::size_t line = 0; line < kLines; ++line) transform.set_line(line, turn_of(line));
            std::vector<float> cosines(kLines * kLanesUsed), sines(cosines.size());
            if (steps) transform.process_steps(x.data() + kLanesUsed, cosines.data(), sines.data());
            else transform.process(x.data() + kLanesUsed, cosines.data(), sines.data());
            for (std::size_t line = 0; line < kLines; ++line) {
                for (std::size_t lane = 0; lane < kLanesUsed; ++lane) {
                    double c = 0.0, s = 0.0;
                    for (std::size_t t = 1; t <= n; ++t) {
                        const double angle = (static_cast<double>(t - 1) - transform.middle()) * turn_of(line);
                        const double before = steps ? static_cast<double>(x[(t - 1) * kLanesUsed + lane]) : 0.0;
                        const double value = static_cast<double>(x[t * kLanesUsed + lane]) - before;
                        c += value * std::cos(angle);
                        s += value * std::sin(angle);
                    }
                    ASSERT_NEAR(static_cast<double>(cosines[line * kLanesUsed + lane]), c, 1e-3);
                    ASSERT_NEAR(static_cast<double>(sines[line * kLanesUsed + lane]), s, 1e-3);
                }
            }
        });
    }
}

INSTANTIATE_TEST_SUITE_P(Lengths, FoldedTransformTest, testing::Values(5, 40, 43));

TEST(FoldedTransform, TakesNoStepFromWhatIsNoNumber) {
    constexpr std::size_t kFrames = 20;
    std::vector<float> x((kFrames + 1) * kLanesUsed, 1.0f);
    x[10 * kLanesUsed] = std::numeric_limits<float>::quiet_NaN();
    test::each_target([&] {
        FoldedTransform transform{kFrames, 1, kLanesUsed};
        transform.set_line(0, 0.3);
        std::vector<float> cosines(kLanesUsed, 1.0f), sines(kLanesUsed, 1.0f);
        transform.process_steps(x.data() + kLanesUsed, cosines.data(), sines.data());
        EXPECT_EQ(cosines, std::vector<float>(kLanesUsed, 0.0f));
        EXPECT_EQ(sines, std::vector<float>(kLanesUsed, 0.0f));
    });
}

}  // namespace
}  // namespace tonus
