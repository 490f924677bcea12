#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"
#include "engine/envelope/accuracy.hpp"
#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/moving_rms.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

TEST(Golden, G23_FactorsForAnIntervalOfSigma) {
    const auto expect = [](double degrees, double low, double high) {
        const SigmaFactors factors = sigma_factors(degrees);
        EXPECT_NEAR(factors.low, low, 1e-4) << degrees;
        EXPECT_NEAR(factors.high, high, 1e-4) << degrees;
    };
    expect(32.0, 0.8042, 1.3227);
    expect(80.0, 0.8662, 1.1831);
    expect(160.0, 0.9014, 1.1230);
    expect(320.0, 0.9282, 1.0840);
}

// Two degrees of freedom are an exponential law and one is a squared normal: both are known.
TEST(Accuracy, TheQuantileAgreesWithTheLawsKnownInClosedForm) {
    for (const double p : {1e-6, 0.025, 0.5, 0.8, 0.975, 0.999999}) {
        EXPECT_NEAR(chi_square_quantile(p, 2.0), -2.0 * std::log1p(-p), 1e-9 * (1.0 - 2.0 * std::log1p(-p))) << p;
        const double x = chi_square_quantile(p, 1.0);
        EXPECT_NEAR(std::erf(std::sqrt(0.5 * x)), p, 1e-12) << p;
    }
}

TEST(Accuracy, TheQuantileIsTheInverseOfTheProbability) {
    for (const double degrees : {0.3, 3.0, 32.0, 80.5, 320.0, 5000.0, 200000.0}) {
        for (const double p : {0.001, 0.025, 0.5, 0.975, 0.999}) {
            EXPECT_NEAR(gamma_p(0.5 * degrees, 0.5 * chi_square_quantile(p, degrees)), p, 1e-9) << degrees << ' ' << p;
        }
    }
}

TEST(Accuracy, TheLawOfTheTableOfWindows) {
    // Domain 3.1, the column "theory".
    EXPECT_NEAR(rms_relative_sd(160.0, 0.05), 0.177, 5e-4);
    EXPECT_NEAR(rms_relative_sd(160.0, 0.25), 0.079, 5e-4);
    EXPECT_NEAR(rms_relative_sd(160.0, 1.00), 0.040, 5e-4);
    EXPECT_DOUBLE_EQ(rms_relative_bias(160.0, 0.25), -1.0 / 320.0);
    EXPECT_DOUBLE_EQ(degrees_of_freedom(160.0, 0.25), 80.0);
}

// What the law promises must hold for the estimator that is shown: spread, bias and interval.
TEST(Accuracy, TheMovingRmsKeepsTheLaw) {
    EmgSource source = test::model_emg(1000.0, 23);
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, 1000.0)};
    BlockEnergy energy{Rate{1000, 1}, 1};
    MovingRms rms{{.n_channels = 1}};
    const SigmaFactors factors = sigma_factors(degrees_of_freedom(160.0, 0.25));
    const double sigma = 0.98262;  // domain 11.1: what the band-pass leaves of 1
    std::vector<float> lanes(kLanes * 10);
    std::vector<std::uint8_t> flags(kLanes * 10);
    std::vector<double> values;
    std::size_t n_inside = 0;
    for (int tick = 0; tick < 200'000; ++tick) {
        for (std::size_t i = 0; i < 10; ++i) {
            double x = source.next();
            band.process({&x, 1});
            lanes[i * kLanes] = static_cast<float>(x);
        }
        for (const EnergyTick& t : energy.process({lanes.data(), flags.data(), 1, 10})) {
            const auto value = static_cast<double>(rms.process(t).value[0]);
            if (tick < 100) continue;
            values.push_back(value);
            n_inside += factors.low * value <= sigma && sigma <= factors.high * value;
        }
    }
    const test::Spread s = test::spread(values);
    EXPECT_NEAR(s.sd / s.mean / rms_relative_sd(160.0, 0.25), 1.0, 0.05);
    EXPECT_NEAR(s.mean / sigma - 1.0, rms_relative_bias(160.0, 0.25), 0.003);
    EXPECT_NEAR(static_cast<double>(n_inside) / static_cast<double>(values.size()), 0.95, 0.01);
}

TEST(Accuracy, RefusesWhatIsNoNumberAboveZero) {
    EXPECT_THROW(degrees_of_freedom(0.0, 0.25), Error);
    EXPECT_THROW(rms_relative_sd(160.0, -1.0), Error);
    EXPECT_THROW(rms_relative_bias(std::numeric_limits<double>::quiet_NaN(), 0.25), Error);
    EXPECT_THROW(sigma_factors(80.0, 1.0), Error);
    EXPECT_THROW(chi_square_quantile(0.0, 80.0), Error);
    EXPECT_THROW(chi_square_quantile(0.5, std::numeric_limits<double>::infinity()), Error);
}

}  // namespace
}  // namespace tonus
