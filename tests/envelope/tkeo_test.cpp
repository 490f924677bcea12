#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "engine/envelope/tkeo.hpp"

namespace tonus {
namespace {

double sine(double f_hz, int i) { return 100.0 * std::cos(2.0 * std::numbers::pi * f_hz * i / 1000.0 + 0.3); }

TEST(Golden, G21_TeagerKaiserEnergyOfASineIsConstant) {
    for (const auto& [f_hz, energy] : {std::pair{100.0, 3454.915}, std::pair{50.0, 954.915}}) {
        const double exact = std::pow(100.0 * std::sin(2.0 * std::numbers::pi * f_hz / 1000.0), 2);
        EXPECT_NEAR(exact, energy, 1e-6 * energy);
        Tkeo<double> tkeo{1};
        for (int i = 0; i < 1000; ++i) {
            double x = sine(f_hz, i);
            tkeo.process({&x, 1});
            if (i >= 2) { ASSERT_NEAR(x, exact, 1e-6 * exact) << i; }
        }
    }
}

// An impulse has energy where it stands, so the delay shows: it comes out one sample late.
TEST(Tkeo, ComesOneSampleLate) {
    Tkeo<double> tkeo{1};
    for (int i = 0; i < 10; ++i) {
        double x = i == 5 ? 3.0 : 0.0;
        tkeo.process({&x, 1});
        EXPECT_EQ(x, i == 6 ? 9.0 : 0.0) << i;
    }
    EXPECT_DOUBLE_EQ(tkeo.delay_s(2000.0), 0.0005);
}

TEST(Tkeo, TheFloatPathKeepsFourDigits) {
    Tkeo<float> tkeo{1};
    for (int i = 0; i < 1000; ++i) {
        auto x = static_cast<float>(sine(100.0, i));
        tkeo.process({&x, 1});
        if (i >= 2) { ASSERT_NEAR(x, 3454.915f, 1e-4f * 3454.915f); }
    }
}

TEST(Tkeo, AnEnergyIsFlaggedByEachOfItsThreeSamples) {
    Tkeo<float> tkeo{2};
    for (int i = 0; i < 10; ++i) {
        float frame[2] = {1.0f, i == 4 ? std::numeric_limits<float>::quiet_NaN() : 1.0f};
        std::uint8_t flags[2] = {0, static_cast<std::uint8_t>(i == 4 ? 1 : 0)};
        tkeo.process(frame, flags);
        EXPECT_EQ(flags[0], 0);
        EXPECT_EQ(flags[1] != 0, i >= 4 && i <= 6) << i;
        EXPECT_TRUE(flags[1] != 0 || std::isfinite(frame[1])) << "what is not flagged is a number: " << i;
    }
}

TEST(Tkeo, ARestartForgetsThePast) {
    Tkeo<double> tkeo{1};
    double x = 5.0;
    tkeo.process({&x, 1});
    tkeo.restart();
    x = 1.0;
    tkeo.process({&x, 1});
    EXPECT_EQ(x, 0.0);
}

}  // namespace
}  // namespace tonus
