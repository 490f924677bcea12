#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"
#include "engine/envelope/bandwidth.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

/// Puts a made signal through the default band-pass into a meter, frame by frame.
class Measured {
public:
    explicit Measured(double rate_hz)
        : rate_hz_(rate_hz), condition_{{.rate = rate_from_hz(rate_hz), .profiles = {Profile::general}}}, meter_{{.rate = rate_from_hz(rate_hz), .n_channels = 1}} {}

    template <class Source>
    Measured& add(double seconds, Source next) {
        const auto n = static_cast<std::size_t>(seconds * rate_hz_);
        for (std::size_t i = 0; i < n; ++i) {
            lanes_[0] = static_cast<float>(next());
            const Block<unit::Microvolt> block{lanes_, flags_, 1, 1};
            condition_.process(block);
            if (frame_++ >= static_cast<std::size_t>(0.25 * rate_hz_)) meter_.process(block);
        }
        return *this;
    }

    std::optional<double> hz() const { return meter_.bandwidth_hz(0); }

private:
    double rate_hz_;
    Conditioner condition_;
    BandwidthMeter meter_;
    std::size_t frame_ = 0;
    float lanes_[kLanes] = {};
    std::uint8_t flags_[kLanes] = {};
};

// Domain 11.1: 160.2 and 181.3 Hz. A calibration contraction lasts 5 s, so that is what is given.
TEST(Bandwidth, MeasuresTheModelMuscleInFiveSeconds) {
    for (const auto& [rate_hz, truth] : {std::pair{1000.0, 160.2}, std::pair{2000.0, 181.3}}) {
        std::vector<double> values;
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            EmgSource source = test::model_emg(rate_hz, seed);
            values.push_back(Measured{rate_hz}.add(5.25, [&] { return 50.0 * source.next(); }).hz().value());
        }
        const test::Spread s = test::spread(values);
        EXPECT_NEAR(values[0], truth, 10.0);
        EXPECT_NEAR(s.mean, truth, 0.015 * truth) << "and it is not biased, over 40 subjects";
        EXPECT_LT(s.sd, 0.04 * truth) << s.sd;
    }
}

TEST(Bandwidth, AMinuteKnowsItToOnePercent) {
    EmgSource source = test::model_emg(1000.0, 31);
    EXPECT_NEAR(Measured{1000.0}.add(60.0, [&] { return source.next(); }).hz().value(), 160.2, 0.02 * 160.2);
}

// Known in closed form: white noise fills the whole band, and a first-order recursion with pole a
// has r_k = a^k, so the sum is (1 + a^2) / (1 - a^2).
TEST(Bandwidth, AgreesWithSpectraKnownInClosedForm) {
    EXPECT_DOUBLE_EQ(statistical_bandwidth_hz(std::vector<double>{4.0, 0.0, 0.0}, 1000.0), 500.0);
    std::vector<double> r{1.0};
    while (r.size() < 200) r.push_back(0.8 * r.back());
    EXPECT_NEAR(statistical_bandwidth_hz(r, 1000.0), 500.0 * (1.0 - 0.64) / (1.0 + 0.64), 1e-9);
}

TEST(Bandwidth, HumNarrowsIt) {
    EmgSource source = test::model_emg(1000.0, 32);
    int i = 0;
    const auto next = [&] { return source.next() + 1.4 * std::sin(2.0 * std::numbers::pi * 50.0 * i++ / 1000.0); };
    EXPECT_LT(Measured{1000.0}.add(10.0, next).hz().value(), 80.0);
}

TEST(Bandwidth, SaysNothingBeforeASecondNorOfSilence) {
    EmgSource source = test::model_emg(1000.0, 33);
    Measured meter{1000.0};
    EXPECT_FALSE(meter.add(1.2, [&] { return source.next(); }).hz().has_value()) << "250 ms went to settling";
    EXPECT_TRUE(meter.add(0.1, [&] { return source.next(); }).hz().has_value());
    EXPECT_FALSE(Measured{1000.0}.add(3.0, [] { return 0.0; }).hz().has_value());
}

// Samples that do not count may hold anything.
TEST(Bandwidth, FlaggedSamplesEnterNoPair) {
    EmgSource source = test::model_emg(1000.0, 34);
    SectionCascade<double> band{butterworth_band_pass(2, 20.0, 450.0, 1000.0)};
    Random random{34};
    BandwidthMeter meter{{.rate = {1000, 1}, .n_channels = 2}};
    for (int i = 0; i < 60'000; ++i) {
        double x = source.next();
        band.process({&x, 1});
        float lanes[kLanes] = {static_cast<float>(x), static_cast<float>(x)};
        std::uint8_t flags[kLanes] = {};
        if (random.uniform() < 0.05) {
            lanes[1] = random.uniform() < 0.5 ? 50'000.0f : std::numeric_limits<float>::quiet_NaN();
            flags[1] = sample_flag::spike;
        }
        meter.process({lanes, flags, 2, 1});
    }
    EXPECT_NEAR(meter.bandwidth_hz(1).value(), meter.bandwidth_hz(0).value(), 2.0);
}

TEST(Bandwidth, NothingPairsAcrossARestart) {
    Autocorrelation autocorrelation{1, 2};
    const auto put = [&](float x) {
        float lanes[kLanes] = {x};
        std::uint8_t flags[kLanes] = {};
        autocorrelation.process({lanes, flags, 1, 1});
    };
    put(2.0f);
    put(3.0f);
    autocorrelation.restart();
    put(5.0f);
    EXPECT_EQ(autocorrelation.n_samples(0), 3u);
    const std::vector<double> r = autocorrelation.of(0);
    EXPECT_DOUBLE_EQ(r[0], (4.0 + 9.0 + 25.0) / 3.0);
    EXPECT_DOUBLE_EQ(r[1], 6.0) << "5 stands beside nothing";
    EXPECT_DOUBLE_EQ(r[2], 0.0);
}

TEST(Bandwidth, RefusesLagsShorterThanASample) {
    EXPECT_THROW((BandwidthMeter{{.rate = {1000, 1}, .n_channels = 1, .lag_s = 0.0005}}), Error);
    EXPECT_THROW((BandwidthMeter{{.n_channels = 1}}), Error);
    EXPECT_THROW(statistical_bandwidth_hz(std::vector<double>{0.0, 0.0}, 1000.0), Error);
}

}  // namespace
}  // namespace tonus
