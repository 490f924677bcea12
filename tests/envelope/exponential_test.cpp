#include <limits>

#include <gtest/gtest.h>

#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"
#include "engine/envelope/exponential_power.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

/// One channel's read-out after every sample.
class OneChannel {
public:
    OneChannel(double rate_hz, double tau_s) : power_{{.rate = rate_from_hz(rate_hz), .n_channels = 1, .tau_s = tau_s}} {}

    double next(double x_uv, std::uint8_t flag = 0) {
        lanes_[0] = static_cast<float>(x_uv);
        flags_[0] = flag;
        power_.process({lanes_, flags_, 1, 1});
        return static_cast<double>(power_.rms()[0]);
    }

private:
    ExponentialPower power_;
    float lanes_[kLanes] = {};
    std::uint8_t flags_[kLanes] = {};
};

TEST(Golden, G24_SpreadOfTheExponentialPower) {
    EmgSource source = test::model_emg(1000.0, 24);
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, 1000.0)};
    OneChannel rms{1000.0, 0.125};
    std::vector<double> values;
    for (int i = 0; i < 2'000'000; ++i) {
        double x = source.next();
        band.process({&x, 1});
        const double value = rms.next(x);
        if (i >= 2000 && i % 10 == 0) values.push_back(value);
    }
    const test::Spread s = test::spread(values);
    EXPECT_NEAR(100.0 * s.sd / s.mean, 7.8, 0.3);
}

// A signal of constant power, so that only the memory decides.
TEST(Golden, G26_ExponentialPowerCrossesAThirdOfMaximum) {
    const auto crossing_ms = [](double from, double to) {
        OneChannel rms{1000.0, 0.05};
        for (int i = 0; i < 2000; ++i) rms.next(i % 2 == 0 ? from : -from);
        double ms = 1.0;
        while (rms.next(to) < 100.0 / 3.0) ms += 1.0;
        return ms;
    };
    EXPECT_NEAR(crossing_ms(0.0, 50.0), 29.4, 1.0);
    EXPECT_NEAR(crossing_ms(20.0, 40.0), 44.9, 1.0);

    EXPECT_NEAR(1000.0 * time_to_cross(0.05, 0.0, 50.0, 100.0 / 3.0).value(), 29.4, 0.05);
    EXPECT_NEAR(1000.0 * time_to_cross(0.05, 20.0, 40.0, 100.0 / 3.0).value(), 44.9, 0.06);
}

TEST(ExponentialPower, SaysWhenAThresholdIsNeverCrossed) {
    EXPECT_FALSE(time_to_cross(0.05, 10.0, 30.0, 33.3).has_value());
    EXPECT_FALSE(time_to_cross(0.05, 10.0, 33.3, 33.3).has_value()) << "it only comes near";
    EXPECT_FALSE(time_to_cross(0.05, 40.0, 50.0, 33.3).has_value()) << "it was above all along";
    EXPECT_EQ(time_to_cross(0.05, 33.3, 50.0, 33.3), 0.0);
    EXPECT_GT(time_to_cross(0.05, 50.0, 10.0, 30.0).value(), 0.0) << "downwards works too";
}

TEST(ExponentialPower, AFlaggedSampleLeavesThePowerAsItIs) {
    OneChannel with_spikes{1000.0, 0.125}, clean{1000.0, 0.125};
    EmgSource source = test::model_emg(1000.0, 3);
    for (int i = 0; i < 3000; ++i) {
        const double x = 20.0 * source.next();
        const double expected = clean.next(x);
        ASSERT_EQ(with_spikes.next(x), expected);
        if (i % 7 == 0) { ASSERT_EQ(with_spikes.next(50'000.0, sample_flag::spike), expected); }
        if (i % 11 == 0) { ASSERT_EQ(with_spikes.next(std::numeric_limits<double>::quiet_NaN()), expected); }
    }
}

// Channels are apart, and the cut into blocks changes nothing.
TEST(ExponentialPower, GivesEachChannelItsOwnPowerWhateverTheBlocks) {
    constexpr std::size_t kChannels = 11;
    const ExponentialPower fresh{{.rate = {2000, 1}, .n_channels = kChannels}};
    const std::size_t stride = padded_lanes(kChannels);
    std::vector<float> samples(stride * 960);
    std::vector<std::uint8_t> flags(stride * 960);
    Random random{4};
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>((1.0 + static_cast<double>(i % stride)) * random.normal());

    const auto run = [&](std::size_t n_block) {
        ExponentialPower power = fresh;
        for (std::size_t done = 0; done < 960; done += n_block) {
            power.process({samples.data() + done * stride, flags.data() + done * stride, kChannels, std::min(n_block, 960 - done)});
        }
        const auto rms = power.rms();
        return std::vector<float>(rms.begin(), rms.end());
    };
    const std::vector<float> whole = run(32);
    EXPECT_EQ(run(1), whole);
    EXPECT_EQ(run(7), whole);
    // After 480 ms 2 % of the power is still missing.
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
        EXPECT_NEAR(whole[channel] / static_cast<float>(channel + 1), 0.99f, 0.15f) << channel;
    }
}

TEST(ExponentialPower, RefusesAMemoryShorterThanASample) {
    EXPECT_THROW((ExponentialPower{{.rate = {1000, 1}, .n_channels = 1, .tau_s = 0.0005}}), Error);
    EXPECT_THROW((ExponentialPower{{.rate = {1000, 1}, .n_channels = 1, .tau_s = std::numeric_limits<double>::quiet_NaN()}}), Error);
    EXPECT_THROW((ExponentialPower{{.n_channels = 1}}), Error);
}

}  // namespace
}  // namespace tonus
