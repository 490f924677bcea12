// Hum of the mains, followed and taken out (domain 2.3), and rows G17 and G18 of domain 12.

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

#include <gtest/gtest.h>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"
#include "tests/condition/hum_signal.hpp"

namespace tonus {
namespace {

using namespace test;

double width_for(double mu, double rate_hz) { return mu * rate_hz / std::numbers::pi; }

// With the frequency fixed it is a time-invariant notch: so its response is that of its impulse.
template <class T>
std::vector<double> impulse_response(double mu, double rate_hz, std::size_t n) {
    BasicMainsCanceller<T> canceller{{.rate = rate_from_hz(rate_hz), .n_channels = 1, .width_hz = width_for(mu, rate_hz), .track = false}};
    canceller.set_active(known(50.0));
    std::vector<T> frame(kLanes, T{0});
    const std::vector<std::uint8_t> flags(kLanes, 0);
    std::vector<double> response(n);
    for (std::size_t i = 0; i < n; ++i) {
        frame[0] = i == 0 ? T{1} : T{0};
        canceller.process(frame, flags);
        response[i] = static_cast<double>(frame[0]);
    }
    return response;
}

double gain_at(const std::vector<double>& impulse, double f_hz, double rate_hz) {
    std::complex<double> sum, now = 1.0;
    const std::complex<double> step = std::polar(1.0, -kTurn * f_hz / rate_hz);
    for (const double h : impulse) {
        sum += h * now;
        now *= step;
    }
    return std::abs(sum);
}

TEST(Golden, G17_WidthAndNullOfTheCanceller) {
    const double mu[] = {0.0005, 0.001, 0.0025}, width_hz[] = {0.155, 0.315, 0.792};
    for (std::size_t i = 0; i < 3; ++i) {
        const std::vector<double> impulse = impulse_response<double>(mu[i], 1000.0, static_cast<std::size_t>(25.0 / mu[i]));
        const auto edge = [&](double outside_hz) {
            double inside_hz = 50.0;
            for (int step = 0; step < 14; ++step) {
                const double middle_hz = 0.5 * (inside_hz + outside_hz);
                (gain_at(impulse, middle_hz, 1000.0) < std::sqrt(0.5) ? inside_hz : outside_hz) = middle_hz;
            }
            return inside_hz;
        };
        const double width = edge(51.0) - edge(49.0);
        EXPECT_NEAR(width, width_hz[i], 0.03 * width_hz[i]) << mu[i];
        EXPECT_LT(gain_at(impulse, 50.0, 1000.0), 1e-8) << mu[i];
    }
}

// What float reaches in the end: a step of the weights that rounds to nothing.
TEST(MainsCanceller, TakesAPureHumOutToTheRoundingOfAFloat) {
    const Signal silence = emg(1000.0, 40.0, 0.0);
    Signal hum = with_hum(silence, 50.0, 10.0);
    MainsCanceller canceller{{.rate = {1000, 1}, .n_channels = 1, .track = false}};
    canceller.set_active(known(50.0));
    in_blocks(hum, 20, [&](Block<unit::Microvolt> block) { canceller.process(block); });
    EXPECT_LT(hum.rms_beside(silence, 30.0, 40.0), 1e-3);
}

TEST(Golden, G18_ResidualOfTheTrackedCanceller) {
    double residual = 0.0, f_hz = 0.0;
    for (const std::uint64_t seed : {18u, 19u, 20u, 21u}) {
        const Signal clean = emg(1000.0, 40.0, 10.0, 1, seed);
        Signal hum = with_hum(clean, 50.5, 10.0);
        MainsCanceller canceller = canceller_for(hum, width_for(0.001, 1000.0));
        canceller.set_active(known(50.0));
        in_blocks(hum, 20, [&](Block<unit::Microvolt> block) { canceller.process(block); });
        residual += 0.25 * hum.rms_beside(clean, 20.0, 40.0);
        f_hz += 0.25 * canceller.frequency_hz();
        EXPECT_NEAR(canceller.hum_uv(0), 7.07, 1.5);
        EXPECT_NEAR(canceller.residual_uv(), 10.0, 3.0);
    }
    EXPECT_NEAR(f_hz, 50.505, 0.02);
    EXPECT_NEAR(residual, 0.61, 0.25);
}

// At 50.2 Hz a notch fixed at 50 leaves most of the hum: "adaptive" buys something only with tracking.
TEST(MainsCanceller, LeavesMostOfAHumItDoesNotFollow) {
    const Signal clean = emg(1000.0, 40.0, 10.0);
    const auto residual = [&](bool track) {
        Signal hum = with_hum(clean, 50.2, 30.0);
        MainsCanceller canceller{{.rate = {1000, 1}, .n_channels = 1, .width_hz = width_for(0.001, 1000.0), .track = track}};
        canceller.set_active(known(50.0));
        in_blocks(hum, 20, [&](Block<unit::Microvolt> block) { canceller.process(block); });
        return hum.rms_beside(clean, 20.0, 40.0);
    };
    EXPECT_NEAR(residual(false), 16.7, 0.5);
    EXPECT_NEAR(residual(true), 0.70, 0.25);
}

// After a burst of EMG a narrow notch rings long but faintly; one of Q 30 rings loud.
TEST(MainsCanceller, LeavesOnlyATraceAfterAContraction) {
    Signal burst = emg(1000.0, 20.0, 100.0);
    for (std::size_t i = 0; i < burst.n_frames(); ++i) {
        if (i < 9000 || i >= 11000) burst.at(i) = 0.0f;
    }
    Signal out = burst;
    MainsCanceller canceller = canceller_for(out);
    canceller.set_active(known(50.0));
    in_blocks(out, 20, [&](Block<unit::Microvolt> block) { canceller.process(block); });

    Signal notched = burst;
    SectionCascade<double> sections{std::vector<Section>{notch(50.0, 30.0, 1000.0)}};
    for (float& x : notched.uv) {
        auto y = static_cast<double>(x);
        sections.process_signal({&y, 1});
        x = static_cast<float>(y);
    }
    const double trace = out.rms_beside(burst, 11.0, 11.1), of_notch = notched.rms_beside(burst, 11.0, 11.1);
    EXPECT_LT(trace, 10.0) << "a tenth of the burst";
    EXPECT_LT(trace, of_notch);
    EXPECT_LT(out.rms_beside(burst, 15.0, 16.0), 0.05 * trace) << "and it dies away with 1 s";
    EXPECT_EQ(canceller.delay_s(), 0.0);
    EXPECT_EQ(out.rms_beside(burst, 0.0, 9.0), 0.0) << "nothing before the onset";
}

// The strongest channel is contracting: the frequency rests, and is right afterwards.
TEST(MainsCanceller, HoldsTheFrequencyThroughAContraction) {
    Signal clean = emg(1000.0, 60.0, 5.0);
    for (std::size_t i = 30000; i < 50000; ++i) clean.at(i) *= 100.0f;
    Signal hum = with_hum(clean, 50.2, 10.0);
    MainsCanceller canceller = canceller_for(hum);
    canceller.set_active(known(50.0));
    double before_hz = 0.0, off_max_hz = 0.0;
    in_blocks(hum, 20, [&](Block<unit::Microvolt> block) { canceller.process(block); }, 0, 30000);
    before_hz = canceller.frequency_hz();
    in_blocks(hum, 20, [&](Block<unit::Microvolt> block) {
        canceller.process(block);
        off_max_hz = std::max(off_max_hz, std::abs(canceller.frequency_hz() - before_hz));
    }, 30000, 50000);
    EXPECT_NEAR(before_hz, 50.2, 0.02);
    EXPECT_LT(off_max_hz, 0.1);
}

// A tone beyond is none of the mains, and must not draw the oscillator along.
TEST(MainsCanceller, StaysWithinOneHertzOfTheGrid) {
    Signal hum = with_hum(emg(1000.0, 60.0, 1.0), 51.4, 100.0);
    MainsCanceller canceller = canceller_for(hum);
    canceller.set_active(known(50.0));
    double highest_hz = 0.0;
    in_blocks(hum, 20, [&](Block<unit::Microvolt> block) {
        canceller.process(block);
        highest_hz = std::max(highest_hz, canceller.frequency_hz());
    });
    EXPECT_EQ(highest_hz, 51.0);
}

// Held samples of 80 ms, a fallen electrode of 3 s at its rail, and a hole of 700 ms of which nothing came.
TEST(MainsCanceller, IsNotDisturbedByAGap) {
    const Signal clean = emg(1000.0, 40.0, 10.0);
    Signal hum = with_hum(clean, 50.3, 20.0);
    const auto hold = [&](std::size_t from, std::size_t to, float uv) {
        for (std::size_t i = from; i < to; ++i) {
            hum.at(i) = uv;
            hum.flags[i] = sample_flag::gap;
        }
    };
    hold(25000, 25080, 5000.0f);
    hold(28000, 31000, -180000.0f);
    MainsCanceller canceller = canceller_for(hum);
    canceller.set_active(known(50.0));
    const auto run = [&](Block<unit::Microvolt> block) { canceller.process(block); };
    in_blocks(hum, 20, run, 0, 35000);
    canceller.skip(700);
    in_blocks(hum, 20, run, 35700);
    const double usual = hum.rms_beside(clean, 20.0, 25.0);
    EXPECT_LT(usual, 1.0);
    EXPECT_LT(hum.rms_beside(clean, 25.08, 26.0), 1.5);
    EXPECT_LT(hum.rms_beside(clean, 31.0, 32.0), 2.5);
    EXPECT_LT(hum.rms_beside(clean, 35.7, 37.0), 2.0);
}

TEST(MainsCanceller, IsNotPoisonedByWhatIsNoNumber) {
    const Signal clean = emg(1000.0, 30.0, 10.0, 2);
    Signal hum = with_hum(clean, 50.0, 20.0);
    hum.at(20000) = std::numeric_limits<float>::quiet_NaN();
    hum.at(21000) = std::numeric_limits<float>::infinity();
    MainsCanceller canceller = canceller_for(hum);
    canceller.set_active(known(50.0));
    in_blocks(hum, 20, [&](Block<unit::Microvolt> block) { canceller.process(block); });
    EXPECT_LT(hum.rms_beside(clean, 22.0, 30.0), 1.0);
}

TEST(MainsCanceller, RefusesAWidthThatIsNone) {
    for (const double width_hz : {0.0, -1.0, 10.0, std::nan("")}) {
        EXPECT_THROW((MainsCanceller{{.rate = {1000, 1}, .n_channels = 1, .width_hz = width_hz}}), Error) << width_hz;
    }
    EXPECT_THROW((MainsCanceller{{.rate = {50, 1}, .n_channels = 1}}), Error);
}

}  // namespace
}  // namespace tonus
