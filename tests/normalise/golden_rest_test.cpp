// Rows of domain 12 about taking the resting noise off.

#include <gtest/gtest.h>

#include "engine/normalise/normalise.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

/// The fraction of MVC of one envelope value.
double activation_of(double rms_uv, double rest_uv, double mvc_uv) {
    const std::optional<MvcReference> reference = MvcReference{.rest_uv = rest_uv, .mvc_uv = mvc_uv};
    Normalise normalise{{&reference, 1}};
    const auto value = static_cast<float>(rms_uv);
    const Status status{.state = ValueState::valid};
    return static_cast<double>(normalise.process({0, {&value, 1}, {&status, 1}}).value[0]);
}

TEST(Golden, G29_RestIsSubtractedInPower) {
    const double mvc = std::sqrt(100.0 * 100.0 + 3.0 * 3.0);  // so that 1 µV of muscle is 1 %
    EXPECT_NEAR(activation_of(5.0, 3.0, mvc), 0.04, 1e-7);
    EXPECT_EQ(activation_of(3.0, 5.0, mvc), 0.0);
}

TEST(Golden, G30_LowLevelSurvivesTheNoise) {
    const auto level = [](double emg_uv, double noise_uv, std::uint64_t seed) {
        EmgSource source = test::model_emg(1000.0, seed);
        Random noise{seed, 99};
        return test::run_emg(1000.0, 400.0, [&](std::size_t) { return emg_uv * source.next() + noise_uv * noise.normal(); }).power_mean();
    };
    const double rest = level(0.0, 3.0, 30), mvc = level(100.0, 3.0, 31), low = level(5.0, 3.0, 32);
    EXPECT_NEAR(100.0 * low / mvc, 5.74, 0.1) << "nothing subtracted";
    EXPECT_NEAR(100.0 * (low - rest) / (mvc - rest), 3.01, 0.1) << "subtracted in amplitude";
    EXPECT_NEAR(100.0 * activation_of(low, rest, mvc), 5.00, 0.1);
}

}  // namespace
}  // namespace tonus
