// Hum of the mains: found, followed and taken out (domain 2.3), and rows G17 and G18 of domain 12.

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/mains_canceller.hpp"
#include "engine/condition/mains_detector.hpp"
#include "engine/core/error.hpp"
#include "tests/support/emg_run.hpp"

namespace tonus {
namespace {

constexpr double kTurn = 2.0 * std::numbers::pi;

/// Frames of channels, and a flag for each sample.
struct Signal {
    double rate_hz = 1000.0;
    std::size_t n_channels = 1;
    std::vector<float> uv = {};
    std::vector<std::uint8_t> flags = {};

    std::size_t n_frames() const { return uv.size() / n_channels; }
    std::size_t frame_at(double s) const { return static_cast<std::size_t>(s * rate_hz); }
    float& at(std::size_t frame, std::size_t channel = 0) { return uv[frame * n_channels + channel]; }
    float at(std::size_t frame, std::size_t channel = 0) const { return uv[frame * n_channels + channel]; }

    /// RMS of the difference to another signal, over a stretch of time.
    double rms_beside(const Signal& other, double from_s, double to_s, std::size_t channel = 0) const {
        double sum = 0.0;
        for (std::size_t i = frame_at(from_s); i < frame_at(to_s); ++i) {
            const double d = static_cast<double>(at(i, channel)) - static_cast<double>(other.at(i, channel));
            sum += d * d;
        }
        return std::sqrt(sum / static_cast<double>(frame_at(to_s) - frame_at(from_s)));
    }
};

Signal emg(double rate_hz, double seconds, double rms_uv, std::size_t n_channels = 1, std::uint64_t seed = 1) {
    Signal signal{.rate_hz = rate_hz, .n_channels = n_channels};
    const auto n = static_cast<std::size_t>(seconds * rate_hz);
    signal.uv.resize(n * n_channels);
    signal.flags.resize(n * n_channels, 0);
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        EmgSource source = test::model_emg(rate_hz, 1000 * seed + ch);
        for (std::size_t i = 0; i < n; ++i) signal.at(i, ch) = static_cast<float>(rms_uv * source.next());
    }
    return signal;
}

/// A line of hum between two times.
Signal with_hum(Signal signal, double f_hz, double amplitude_uv, std::size_t channel = 0, double from_s = 0.0, double to_s = 1e9) {
    for (std::size_t i = signal.frame_at(from_s); i < std::min(signal.n_frames(), signal.frame_at(std::min(to_s, 1e5))); ++i) {
        signal.at(i, channel) += static_cast<float>(amplitude_uv * std::sin(kTurn * f_hz * static_cast<double>(i) / signal.rate_hz + 0.7));
    }
    return signal;
}

/// Gives a signal to a function in blocks of `cut` frames, which it may change.
template <class Each>
void in_blocks(Signal& signal, std::size_t cut, Each each, std::size_t from = 0, std::size_t to = std::numeric_limits<std::size_t>::max()) {
    const std::size_t stride = padded_lanes(signal.n_channels), end = std::min(to, signal.n_frames());
    std::vector<float> samples(stride * cut, 0.0f);
    std::vector<std::uint8_t> flags(stride * cut, 0);
    for (std::size_t done = from; done < end; done += cut) {
        const std::size_t n = std::min(cut, end - done);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t ch = 0; ch < signal.n_channels; ++ch) {
                samples[i * stride + ch] = signal.at(done + i, ch);
                flags[i * stride + ch] = signal.flags[(done + i) * signal.n_channels + ch];
            }
        }
        each(Block<unit::Microvolt>{samples.data(), flags.data(), signal.n_channels, n});
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t ch = 0; ch < signal.n_channels; ++ch) signal.at(done + i, ch) = samples[i * stride + ch];
        }
    }
}

MainsDetector detector_for(const Signal& signal) {
    return MainsDetector{{.rate = rate_from_hz(signal.rate_hz), .n_channels = signal.n_channels}};
}
MainsCanceller canceller_for(const Signal& signal, double width_hz = 0.32) {
    return MainsCanceller{{.rate = rate_from_hz(signal.rate_hz), .n_channels = signal.n_channels, .width_hz = width_hz}};
}

/// The state after each block, and when it first named a frequency.
struct Found {
    MainsState last = {};
    double on_s = -1.0;
    double off_s = -1.0;
};
Found detect(Signal signal) {
    MainsDetector detector = detector_for(signal);
    Found found;
    std::size_t n = 0;
    in_blocks(signal, 20, [&](Block<unit::Microvolt> block) {
        const MainsState before = detector.state();
        found.last = detector.process(block);
        n += block.n_frames();
        const double now_s = static_cast<double>(n) / signal.rate_hz;
        if (before.nominal_hz == 0.0 && found.last.nominal_hz != 0.0 && found.on_s < 0.0) found.on_s = now_s;
        if (before.nominal_hz != 0.0 && found.last.nominal_hz == 0.0) found.off_s = now_s;
    });
    return found;
}

/// Detector and canceller as the chain has them: the one before the filters, the other after.
Signal cleaned(Signal signal, std::size_t cut = 20) {
    MainsDetector detector = detector_for(signal);
    MainsCanceller canceller = canceller_for(signal);
    in_blocks(signal, cut, [&](Block<unit::Microvolt> block) {
        canceller.set_active(detector.process(block));
        canceller.process(block);
    });
    return signal;
}

MainsState known(double f_hz, std::bitset<kMainsHarmonicsMax> harmonics = 1) {
    return {.nominal_hz = f_hz, .frequency_hz = f_hz, .harmonics = harmonics};
}

double width_for(double mu, double rate_hz) { return mu * rate_hz / std::numbers::pi; }

// With the frequency fixed it is a time-invariant notch: so its response is that of its impulse.
template <class T>
std::vector<double> impulse_response(double mu, double rate_hz, std::size_t n) {
    BasicMainsCanceller<T> canceller{{.rate = rate_from_hz(rate_hz), .n_channels = 1, .width_hz = width_for(mu, rate_hz), .track = false}};
    canceller.set_active(known(50.0));
    std::vector<T> frame(kLanes, T{0});
    const std::uint8_t flag = 0;
    std::vector<double> response(n);
    for (std::size_t i = 0; i < n; ++i) {
        frame[0] = i == 0 ? T{1} : T{0};
        canceller.process_frame(frame, {&flag, 1});
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
        EXPECT_NEAR(canceller.residual_uv(0), 10.0, 3.0);
    }
    EXPECT_NEAR(f_hz, 50.505, 0.02);
    EXPECT_NEAR(residual, 0.61, 0.25);
}

TEST(MainsDetector, FindsFiftyAndSixtyAndMeasuresThem) {
    for (const double rate_hz : {250.0, 1000.0, 2148.148148148148}) {
        for (const double nominal_hz : {50.0, 60.0}) {
            for (const double off_hz : {-0.5, -0.3, 0.0, 0.1, 0.3}) {
                const Found found = detect(with_hum(emg(rate_hz, 14.0, 3.0), nominal_hz + off_hz, 10.0));
                EXPECT_EQ(found.last.nominal_hz, nominal_hz) << rate_hz << " Hz, " << off_hz;
                EXPECT_NEAR(found.last.frequency_hz, nominal_hz + off_hz, 0.05) << rate_hz;
                EXPECT_LT(found.on_s, 8.1) << rate_hz;
                EXPECT_GT(found.on_s, 7.9) << "one spectrum may be chance";
                EXPECT_TRUE(found.last.harmonics[0]);
                EXPECT_EQ(found.last.harmonics.count(), 1u) << rate_hz << " " << nominal_hz + off_hz;
            }
        }
    }
}

TEST(MainsDetector, NamesTheHarmonicsOfAGridThatIsOff) {
    for (const double f_hz : {50.0, 49.7, 60.2}) {
        Signal signal = emg(1000.0, 22.0, 2.0);
        for (const double k : {1.0, 3.0, 5.0, 7.0}) signal = with_hum(signal, k * f_hz, 6.0);
        EXPECT_EQ(detect(signal).last.harmonics, std::bitset<kMainsHarmonicsMax>{0b001010101}) << f_hz;
    }
}

TEST(MainsDetector, AsksAllChannelsAndNamesTheStrongest) {
    Signal signal = emg(1000.0, 13.0, 3.0, 11);
    EXPECT_EQ(detect(with_hum(signal, 50.1, 8.0, 9)).last.strongest_channel, 9u);
    signal = with_hum(with_hum(with_hum(signal, 60.0, 4.0, 2), 60.0, 8.0, 5), 60.0, 5.0, 10);
    const Found found = detect(signal);
    EXPECT_EQ(found.last.nominal_hz, 60.0);
    EXPECT_EQ(found.last.strongest_channel, 5u);
    EXPECT_GT(found.last.strongest_ratio, 4.0f);
}

// Both grids in one room, as beside a frequency converter: the stronger one.
TEST(MainsDetector, TakesTheLargerOfTwo) {
    const Signal signal = emg(1000.0, 13.0, 3.0);
    EXPECT_EQ(detect(with_hum(with_hum(signal, 50.0, 10.0), 60.0, 4.0)).last.nominal_hz, 50.0);
    EXPECT_EQ(detect(with_hum(with_hum(signal, 50.0, 4.0), 60.0, 10.0)).last.nominal_hz, 60.0);
}

TEST(MainsDetector, FindsNothingInCleanEmg) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const Found found = detect(emg(1000.0, 60.0, 10.0, 8, seed));
        EXPECT_LT(found.on_s, 0.0) << "seed " << seed;
    }
}

// White noise, an electrode that drifts by 10 mV a second, and breathing: no line among them.
TEST(MainsDetector, IsNotMisledByADriftingElectrode) {
    Signal signal = emg(1000.0, 60.0, 3.0);
    Random random{5};
    for (std::size_t i = 0; i < signal.n_frames(); ++i) {
        const double t = static_cast<double>(i) / 1000.0;
        signal.at(i) += static_cast<float>(10000.0 * t + 500.0 * std::sin(kTurn * 0.3 * t) + 3.0 * random.normal());
    }
    EXPECT_LT(detect(signal).on_s, 0.0);
    const Found found = detect(with_hum(signal, 50.0, 10.0));
    EXPECT_NEAR(found.on_s, 8.0, 0.1) << "and hum is found all the same";
}

// Above 9 dB the subtraction adds more error than it removes (domain 2.3).
TEST(MainsDetector, LeavesAGoodRatioAlone) {
    EXPECT_EQ(detect(with_hum(emg(1000.0, 20.0, 10.0), 50.0, 3.0)).last.nominal_hz, 0.0) << "13.5 dB";
    EXPECT_EQ(detect(with_hum(emg(1000.0, 20.0, 10.0), 50.0, 7.0)).last.nominal_hz, 50.0) << "6 dB";
}

TEST(MainsDetector, LosesTheHumWhenItStopsButNotUnderAContraction) {
    const Signal quiet = emg(1000.0, 44.0, 3.0);
    EXPECT_NEAR(detect(with_hum(quiet, 50.0, 10.0, 0, 0.0, 20.0)).off_s, 24.0, 0.1);

    Signal contraction = quiet;
    for (std::size_t i = 16000; i < 40000; ++i) contraction.at(i) *= 40.0f;
    const Found found = detect(with_hum(contraction, 50.0, 10.0));
    EXPECT_EQ(found.last.nominal_hz, 50.0);
    EXPECT_LT(found.off_s, 0.0) << "at rest the hum would be back as an activation";
}

// One in twenty packets of 20 ms lost, the last good value in its place.
TEST(MainsDetector, FindsHumThroughLostPackets) {
    Signal signal = with_hum(emg(1000.0, 20.0, 3.0), 50.2, 10.0);
    Random random{6};
    for (std::size_t i = 20; i + 20 < signal.n_frames(); i += 20) {
        if (random.uniform() >= 0.05) continue;
        for (std::size_t j = i; j < i + 20; ++j) {
            signal.at(j) = signal.at(i - 1);
            signal.flags[j] = sample_flag::gap;
        }
    }
    const Found found = detect(signal);
    EXPECT_EQ(found.last.nominal_hz, 50.0);
    EXPECT_LT(found.on_s, 16.1);
}

// A fallen electrode picks up everything. What is flagged is not evidence.
TEST(MainsDetector, DoesNotJudgeWhatIsFlagged) {
    Signal signal = with_hum(emg(1000.0, 20.0, 3.0), 50.0, 500.0);
    std::fill(signal.flags.begin(), signal.flags.end(), sample_flag::lead_off);
    EXPECT_EQ(detect(signal).last.nominal_hz, 0.0);
}

TEST(MainsDetector, RefusesWhatCannotWork) {
    EXPECT_THROW((MainsDetector{{.rate = {50, 1}, .n_channels = 1}}), Error);
    EXPECT_THROW((MainsDetector{{.rate = {1000, 1}, .n_channels = 1, .on_ratio = 2.0f, .off_ratio = 3.0f}}), Error);
    EXPECT_THROW((MainsDetector{{.rate = {2000, 1}, .n_channels = 1, .high_hz = 900.0}}), Error);
    // At 100 Hz there is no line below the edge: it finds nothing, and says so.
    EXPECT_EQ(detect(emg(100.0, 20.0, 3.0)).last.nominal_hz, 0.0);
}

TEST(Mains, SubtractsNothingFromCleanEmg) {
    const Signal clean = emg(1000.0, 60.0, 10.0, 3);
    EXPECT_EQ(cleaned(clean).uv, clean.uv) << "not one bit";
}

TEST(Mains, TakesFoundHumOutOfEveryChannel) {
    const Signal clean = emg(1000.0, 40.0, 3.0, 3);
    Signal hum = clean;
    for (std::size_t ch = 0; ch < 3; ++ch) {
        for (const double k : {1.0, 2.0, 3.0, 5.0}) hum = with_hum(hum, k * 50.3, (10.0 + 4.0 * static_cast<double>(ch)) / k, ch);
    }
    const Signal out = cleaned(hum);
    for (std::size_t ch = 0; ch < 3; ++ch) {
        EXPECT_GT(hum.rms_beside(clean, 30.0, 40.0, ch), 7.0);
        EXPECT_EQ(out.rms_beside(hum, 0.0, 7.9, ch), 0.0) << "not before it is found";
        EXPECT_LT(out.rms_beside(clean, 30.0, 40.0, ch), 0.6) << ch;
    }
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

// Found in the middle of a block or at its end, the canceller begins at the same frame.
TEST(Mains, GivesTheSameBitsHoweverTheStreamIsCut) {
    for (const double rate_hz : {250.0, 2148.148148148148}) {
        Signal signal = with_hum(emg(rate_hz, 18.0, 3.0, 3), 50.2, 10.0, 1, 0.0, 11.0);
        for (std::size_t i = 500; i < 600; ++i) signal.flags[i] = sample_flag::gap;
        const Signal whole = cleaned(signal, kBlockFrames);
        ASSERT_NE(whole.uv, signal.uv);
        for (const std::size_t cut : {1u, 7u, 20u}) EXPECT_EQ(cleaned(signal, cut).uv, whole.uv) << cut;
    }
}

}  // namespace
}  // namespace tonus
