#include "engine/normalise/normalise.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace tonus {
namespace {

float normalised(double rest_uv, double mvc_uv, float rms_uv, double bias = 0.0) {
    const std::vector<std::optional<MvcReference>> references{
        MvcReference{.rest_uv = rest_uv, .mvc_uv = mvc_uv, .bias = bias}};
    Normalise normalise{references};
    const std::vector<float> values{rms_uv};
    const std::vector<Status> status{{.state = ValueState::valid, .valid_fraction = 1.0f}};
    return normalise.process({0, values, status}).value[0];
}

Status status_with(const std::optional<MvcReference>& reference) {
    const std::vector<std::optional<MvcReference>> references{reference};
    Normalise normalise{references};
    const std::vector<float> values{50.0f};
    const std::vector<Status> status{{.state = ValueState::valid, .valid_fraction = 1.0f}};
    return normalise.process({0, values, status}).status[0];
}

TEST(Normalise, TakesRestOffInPower) {
    // 100 uV of muscle on 3 uV of noise: every level comes back as itself.
    const double mvc = std::sqrt(100.0 * 100.0 + 9.0);
    for (const double a : {0.01, 0.02, 0.05, 0.10, 0.20, 1.0}) {
        const double rms = std::sqrt(100.0 * a * 100.0 * a + 9.0);
        EXPECT_NEAR(normalised(3.0, mvc, static_cast<float>(rms)), a, 2e-5) << a;
    }
}

TEST(Normalise, GivesZeroBelowRestAndNeverMoreThanTwice) {
    EXPECT_EQ(normalised(5.0, 100.0, 3.0f), 0.0f);
    EXPECT_EQ(normalised(5.0, 100.0, 500.0f), 2.0f);
}

TEST(Normalise, DividesTheMaximumByItsBias) {
    EXPECT_NEAR(normalised(0.001, 107.7, 100.0f, 0.077), 1.0, 1e-5);
}

TEST(Normalise, RefusesWithoutAUsableReference) {
    EXPECT_EQ(status_with(std::nullopt).reason, Reason::mvc_missing);
    EXPECT_EQ(status_with(MvcReference{.rest_uv = 2.0}).reason, Reason::mvc_missing);
    EXPECT_EQ(status_with(MvcReference{.mvc_uv = 100.0}).reason, Reason::rest_missing);
    EXPECT_EQ(status_with(MvcReference{.rest_uv = 40.0, .mvc_uv = 100.0}).reason, Reason::reference_invalid);
    EXPECT_EQ(status_with(MvcReference{.method = ReferenceMethod::rve, .rest_uv = 2.0, .mvc_uv = 100.0}).reason,
              Reason::reference_rve);
    EXPECT_EQ(status_with(std::nullopt).state, ValueState::invalid);
    EXPECT_EQ(status_with(MvcReference{.rest_uv = 2.0, .mvc_uv = 100.0}).state, ValueState::valid);
}

}  // namespace
}  // namespace tonus
