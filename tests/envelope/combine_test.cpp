#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/envelope/combine.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr Status kValid{.state = ValueState::valid, .reason = Reason::none, .saturated = false, .valid_fraction = 1.0f};
constexpr Status kHeld{.state = ValueState::held, .reason = Reason::gap, .saturated = false, .valid_fraction = 0.2f};
constexpr Status kOff{.state = ValueState::invalid, .reason = Reason::lead_off, .saturated = false, .valid_fraction = 0.0f};

TEST(Combine, TakesTheRootOfTheMeanPower) {
    Combine combine{{.n_channels = 4, .muscles = {{0, 2}, {3}}}};
    const std::array<float, 4> values{0.3f, 9.0f, 0.4f, 0.1f};
    const std::array<Status, 4> status{kValid, kValid, kValid, kValid};
    const Tick<unit::Mvc> tick = combine.process({7, values, status});
    EXPECT_EQ(tick.index, 7u);
    ASSERT_EQ(tick.value.size(), 2u);
    EXPECT_FLOAT_EQ(tick.value[0], std::sqrt(0.125f));
    EXPECT_FLOAT_EQ(tick.value[1], 0.1f);
    EXPECT_EQ(tick.status[0].state, ValueState::valid);
    EXPECT_FLOAT_EQ(tick.status[0].valid_fraction, 1.0f);
}

TEST(Combine, SpeaksWhileHalfOfItsChannelsAreValid) {
    Combine combine{{.n_channels = 3, .muscles = {{0, 1, 2}}}};
    const std::array<float, 3> values{0.3f, 0.4f, 5.0f};
    const auto state = [&](Status a, Status b, Status c) {
        const std::array<Status, 3> status{a, b, c};
        return combine.process({0, values, status});
    };
    EXPECT_FLOAT_EQ(state(kValid, kValid, kOff).value[0], std::sqrt(0.125f)) << "a loose electrode is left out";
    EXPECT_EQ(state(kValid, kValid, kOff).status[0].state, ValueState::valid);
    EXPECT_EQ(state(kValid, kHeld, kOff).status[0].state, ValueState::held);
    EXPECT_EQ(state(kValid, kHeld, kOff).status[0].reason, Reason::lead_off);
    EXPECT_EQ(state(kValid, kOff, kOff).status[0].state, ValueState::invalid) << "one of three is not the muscle";
    EXPECT_EQ(state(kValid, kOff, kOff).status[0].reason, Reason::lead_off);

    Status clipped = kValid;
    clipped.saturated = true;
    EXPECT_TRUE(state(kValid, kValid, clipped).status[0].saturated);
}

// The law against the thing itself: channels that share a part rho of their noise.
TEST(Combine, CorrelatedChannelsAreWorthTheEffectiveNumber) {
    constexpr std::size_t kChannels = 4;
    const auto snr_gain = [](double rho) {
        Random random{38};
        Combine combine{{.n_channels = kChannels, .muscles = {{0, 1, 2, 3}}}};
        const std::array<Status, kChannels> status{kValid, kValid, kValid, kValid};
        std::vector<double> one, all;
        for (int window = 0; window < 8000; ++window) {
            std::array<double, kChannels> energy{};
            for (int i = 0; i < 50; ++i) {
                const double common = std::sqrt(rho) * random.normal();
                for (double& e : energy) e += std::pow(common + std::sqrt(1.0 - rho) * random.normal(), 2) / 50.0;
            }
            std::array<float, kChannels> values{};
            for (std::size_t i = 0; i < kChannels; ++i) values[i] = static_cast<float>(std::sqrt(energy[i]));
            one.push_back(static_cast<double>(values[0]));
            all.push_back(static_cast<double>(combine.process({0, values, status}).value[0]));
        }
        const test::Spread a = test::spread(one), b = test::spread(all);
        return (b.mean / b.sd) / (a.mean / a.sd);
    };
    // 8000 windows know a standard deviation to 0.8 %, the quotient of two to 1.1 %.
    for (const double rho : {0.0, 0.3, 0.6, 0.9}) {
        const double law = std::sqrt(effective_channels(kChannels, rho));
        EXPECT_NEAR(snr_gain(rho), law, 0.035 * law) << rho;
    }
}

TEST(Combine, TheEffectiveNumberRunsFromOneToAll) {
    EXPECT_DOUBLE_EQ(effective_channels(4, 0.0), 4.0);
    EXPECT_DOUBLE_EQ(effective_channels(4, 1.0), 1.0);
    EXPECT_DOUBLE_EQ(effective_channels(4, -0.5), 4.0 / 1.75);
    const std::array<double, 9> alike{1.0, 0.5, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5, 1.0};
    EXPECT_DOUBLE_EQ(effective_channels(alike), effective_channels(3, 0.5));
    const std::array<double, 9> two_of_three{1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0};
    EXPECT_DOUBLE_EQ(effective_channels(two_of_three), 1.8) << "two copies beside one: equal weights waste some of it";
}

TEST(Combine, RefusesChannelsThatAreMissingOrNamedTwice) {
    EXPECT_THROW((Combine{{.n_channels = 2, .muscles = {{0, 2}}}}), Error);
    EXPECT_THROW((Combine{{.n_channels = 2, .muscles = {{0, 1}, {1}}}}), Error);
    EXPECT_THROW((Combine{{.n_channels = 2, .muscles = {{}}}}), Error);
    const std::array<double, 3> ragged{1.0, 0.5, 1.0};
    EXPECT_THROW(effective_channels(ragged), Error);
    const std::array<double, 4> impossible{1.0, 1.5, 1.5, 1.0};
    EXPECT_THROW(effective_channels(impossible), Error);
}

}  // namespace
}  // namespace tonus
