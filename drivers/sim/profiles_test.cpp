// What the simulated subject does, by its activation alone.

#include <cmath>

#include <gtest/gtest.h>

#include "drivers/sim/subject.hpp"

namespace tonus {
namespace {

SimulatedSubject subject(const std::string& options) { return SimulatedSubject{parse_sim_options(SourceUrl{"sim:?" + options})}; }

TEST(SimProfile, TremorIsThreePercentOfTheActivationAtItsOwnPaceInEachMuscle) {
    const SimulatedSubject still = subject("task=hold&level=0.4"), trembling = subject("task=hold&level=0.4&tremor=on");
    std::vector<double> crossings;
    for (std::size_t ch = 0; ch < 4; ++ch) {
        double least = 1.0, most = 0.0, before = 0.4;
        double n = 0.0;
        for (int ms = 0; ms < 20'000; ++ms) {
            const double a = trembling.activation(ch, 1e-3 * ms);
            least = std::min(least, a);
            most = std::max(most, a);
            n += (before < 0.4) != (a < 0.4) ? 1.0 : 0.0;
            before = a;
        }
        EXPECT_NEAR(most, 0.4 * 1.03, 1e-4);
        EXPECT_NEAR(least, 0.4 * 0.97, 1e-4);
        EXPECT_GT(n, 2.0 * 8.0 * 20.0 - 3.0);
        EXPECT_LT(n, 2.0 * 12.0 * 20.0 + 3.0);
        for (const double other : crossings) EXPECT_NE(n, other);
        crossings.push_back(n);
    }
    EXPECT_EQ(still.activation(0, 1.0), 0.4);
    EXPECT_EQ(subject("task=rest&tremor=on").activation(0, 1.0), 0.0) << "rest does not tremble";
}

TEST(SimProfile, DriftsByItsShareAMinuteAndNeverBelowZero) {
    EXPECT_NEAR(subject("task=hold&level=0.3&drift=0.1").activation(0, 120.0), 0.36, 1e-12);
    EXPECT_NEAR(subject("task=hold&level=0.3&drift=-0.5").activation(0, 60.0), 0.15, 1e-12);
    EXPECT_EQ(subject("task=hold&level=0.3&drift=-0.5").activation(0, 600.0), 0.0);
}

TEST(SimProfile, TrapezoidRisesHoldsAndFallsAgainAndAgain) {
    const SimulatedSubject s = subject("task=trapezoid&level=0.6&pause=3");
    for (const double begin_s : {3.0, 12.0, 21.0}) {
        EXPECT_EQ(s.activation(0, begin_s - 0.01), 0.0);
        EXPECT_NEAR(s.activation(0, begin_s + 0.5), 0.3, 1e-9);
        EXPECT_NEAR(s.activation(0, begin_s + 1.0), 0.6, 1e-9);
        EXPECT_NEAR(s.activation(0, begin_s + 4.99), 0.6, 1e-9);
        EXPECT_NEAR(s.activation(0, begin_s + 5.5), 0.3, 1e-9);
        EXPECT_EQ(s.activation(0, begin_s + 6.01), 0.0);
    }
}

TEST(SimProfile, RampOfAStepIsAsLongAsAsked) {
    for (const double ramp_s : {0.1, 0.3, 1.0}) {
        const SimulatedSubject s = subject("task=step&from=0.2&to=0.4&period=8&ramp=" + std::to_string(static_cast<int>(std::lround(1e3 * ramp_s))));
        EXPECT_NEAR(s.activation(0, 4.0 + 0.5 * ramp_s), 0.3, 1e-9);
        EXPECT_LT(s.activation(0, 4.0 + 0.97 * ramp_s), 0.4);
        EXPECT_NEAR(s.activation(0, 4.0 + 1.001 * ramp_s), 0.4, 1e-9);
        EXPECT_NEAR(s.activation(0, 8.0 + 0.5 * ramp_s), 0.3, 1e-9);
        // A raised cosine: slow at both ends, its steepest in the middle.
        EXPECT_NEAR(s.activation(0, 4.0 + 0.25 * ramp_s), 0.2 + 0.2 * 0.146447, 1e-6);
    }
    EXPECT_EQ(subject("task=step").activation(0, 4.05), subject("task=step&ramp=100").activation(0, 4.05));
}

TEST(SimProfile, OneSideWorksAndTheOtherGoesAlong) {
    const SimulatedSubject left = subject("task=hold&level=0.5&side=left"), right = subject("task=hold&level=0.5&side=right");
    for (std::size_t ch = 0; ch < 4; ++ch) {
        EXPECT_DOUBLE_EQ(left.activation(ch, 1.0), ch % 2 == 0 ? 0.5 : 0.1);
        EXPECT_DOUBLE_EQ(right.activation(ch, 1.0), ch % 2 == 0 ? 0.1 : 0.5);
    }
}

TEST(SimProfile, SidesTakeTurnsAfterARest) {
    const SimulatedSubject s = subject("task=sides&pause=3");
    EXPECT_EQ(s.activation(0, 14.9), 0.0);
    for (const double left_s : {17.0, 31.0}) {
        EXPECT_DOUBLE_EQ(s.activation(0, left_s), 0.5);
        EXPECT_DOUBLE_EQ(s.activation(1, left_s), 0.05);
        EXPECT_EQ(s.activation(0, left_s + 3.5), 0.0) << "a pause";
        EXPECT_DOUBLE_EQ(s.activation(0, left_s + 7.0), 0.05);
        EXPECT_DOUBLE_EQ(s.activation(1, left_s + 7.0), 0.5);
    }
}

}  // namespace
}  // namespace tonus
