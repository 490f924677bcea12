#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "drivers/sim/emg_source.hpp"
#include "engine/core/error.hpp"
#include "engine/spectrum/fatigue_index.hpp"
#include "engine/spectrum/fft.hpp"

namespace tonus {
namespace {

/// The analog model spectrum (domain 11.1) with its frequencies compressed by a factor.
std::vector<float> model_power(double compression, double bin_hz) {
    std::vector<float> power;
    for (double f = 0.0; f <= 500.0 + 0.5 * bin_hz; f += bin_hz) {
        const double low = 60.0 * compression, high = 120.0 * compression;
        power.push_back(static_cast<float>(std::pow(high, 4) * f * f / ((f * f + low * low) * std::pow(f * f + high * high, 2))));
    }
    return power;
}

double ratio(double compression, double low_hz, double high_hz) {
    FatigueIndex index{{.n_channels = 1, .bin_hz = 0.1, .low_hz = low_hz, .high_hz = high_hz}};
    EXPECT_EQ(index.process(0, model_power(1.0, 0.1)), 1.0);
    return index.process(0, model_power(compression, 0.1)).value();
}

TEST(Golden, G44_FatigueIndexOfCompressionFrom8To500Hz) {
    EXPECT_NEAR(ratio(0.9, 8.0, 500.0), 1.4407, 0.01 * 1.4407);
    EXPECT_NEAR(ratio(0.8, 8.0, 500.0), 2.1830, 0.01 * 2.1830);
    EXPECT_NEAR(ratio(0.7, 8.0, 500.0), 3.5237, 0.01 * 3.5237);
}

TEST(Golden, G45_FatigueIndexOfCompressionFrom20To450Hz) {
    EXPECT_NEAR(ratio(0.9, 20.0, 450.0), 1.4038, 0.01 * 1.4038);
    EXPECT_NEAR(ratio(0.8, 20.0, 450.0), 2.0595, 0.01 * 2.0595);
    EXPECT_NEAR(ratio(0.7, 20.0, 450.0), 3.1868, 0.01 * 3.1868);
}

// Domain 8.1: the band decides, so a compression is not read off as its sixth power.
TEST(FatigueIndex, DependsOnTheBandAndIsNotTheSixthPower) {
    EXPECT_NEAR(ratio(0.8, 10.0, 500.0), 2.17, 0.02);
    EXPECT_LT(ratio(0.8, 10.0, 500.0), 0.6 * std::pow(0.8, -6.0));
}

// Two lines of equal power have moments one can do by hand.
TEST(FatigueIndex, IsTheRatioOfTheMoments) {
    std::vector<float> power(101, 0.0f);
    power[25] = power[50] = 4.0f;
    const double by_hand = (1.0 / 50.0 + 1.0 / 100.0) / (std::pow(50.0, 5) + std::pow(100.0, 5));
    EXPECT_NEAR(fatigue_index(power, 2.0, 20.0, 150.0).value(), by_hand, 1e-12 * by_hand);
    const double upper_alone = std::pow(100.0, -6);
    EXPECT_NEAR(fatigue_index(power, 2.0, 51.0, 100.0).value(), upper_alone, 1e-12 * upper_alone) << "edges belong to the band";
}

// Real windows of a tiring muscle: noise, a Hann window and the single-precision transform.
TEST(FatigueIndex, SeesTheCompressionInNoisyWindows) {
    RealFft fft{1000};
    double spread = 0.0;
    const auto mean_log = [&](double stretch) {
        EmgShapeFilter filter{EmgShape::design(1000.0, stretch)};
        Random random{44};
        for (int i = 0; i < 1000; ++i) filter.process(random.normal());
        double sum = 0.0, squares = 0.0;
        for (int window = 0; window < 200; ++window) {
            for (std::size_t i = 0; i < 1000; ++i) {
                const double hann = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / 1000.0);
                fft.input()[i] = static_cast<float>(hann * filter.process(random.normal()));
            }
            const double index = std::log(fatigue_index(fft.power(), 1.0, 20.0, 450.0).value());
            sum += index / 200.0;
            squares += index * index / 200.0;
        }
        spread = std::sqrt(squares - sum * sum);
        return sum;
    };
    const auto exact = [&](double stretch) {
        EmgShapeFilter filter{EmgShape::design(1000.0, stretch)};
        for (std::size_t i = 0; i < 1000; ++i) fft.input()[i] = static_cast<float>(filter.process(i == 0 ? 1.0 : 0.0));
        return std::log(fatigue_index(fft.power(), 1.0, 20.0, 450.0).value());
    };
    EXPECT_NEAR(mean_log(0.8) - mean_log(1.0), exact(0.8) - exact(1.0), 0.05);
    EXPECT_GT(exact(0.8) - exact(1.0), std::log(1.8));
    EXPECT_NEAR(std::sqrt(2.0) * spread, 0.21, 0.03) << "of the ratio of two windows, as the header says";
}

TEST(FatigueIndex, ARestartMakesTheNextWindowTheFirst) {
    FatigueIndex index{{.n_channels = 2, .bin_hz = 1.0, .low_hz = 20.0, .high_hz = 450.0}};
    const std::vector<float> fresh = model_power(1.0, 1.0), tired = model_power(0.8, 1.0);
    index.process(0, fresh);
    EXPECT_GT(index.process(0, tired).value(), 2.0);
    EXPECT_EQ(index.process(1, tired), 1.0) << "channels are apart";
    index.restart(0);
    EXPECT_EQ(index.process(0, tired), 1.0);
}

TEST(FatigueIndex, SaysNothingWithoutPowerInTheBand) {
    FatigueIndex index{{.n_channels = 1, .bin_hz = 1.0, .low_hz = 20.0, .high_hz = 450.0}};
    std::vector<float> power(501, 0.0f);
    EXPECT_FALSE(index.process(0, power).has_value());
    power[100] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(index.process(0, power).has_value());
    EXPECT_FALSE(index.process(0, {}).has_value());
    EXPECT_EQ(index.process(0, model_power(0.9, 1.0)), 1.0) << "what said nothing was no first window";
    EXPECT_FALSE(fatigue_index(model_power(1.0, 1.0), 1.0, 600.0, 700.0).has_value());
    EXPECT_FALSE(fatigue_index(model_power(1.0, 1.0), 1.0, 0.0, 450.0).has_value());
}

TEST(FatigueIndex, RefusesABandThatIsNone) {
    EXPECT_THROW((FatigueIndex{{.n_channels = 1, .low_hz = 450.0, .high_hz = 20.0}}), Error);
    EXPECT_THROW((FatigueIndex{{.n_channels = 1, .low_hz = 0.0}}), Error);
    EXPECT_THROW((FatigueIndex{{.n_channels = 1, .bin_hz = 50.0}}), Error);
}

}  // namespace
}  // namespace tonus
