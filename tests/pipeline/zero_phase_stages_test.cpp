// Hum, vibration, heart and flag engine B in the offline twin: each against the pipeline and the truth.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "tests/support/calibrated_subject.hpp"
#include "tests/support/zero_phase_run.hpp"

namespace tonus {
namespace {

using namespace test;

/// The truth's references for both ECG paths.
Session session_of_both_paths(const std::string& url) {
    Session session = true_session(url);
    const SimOptions options = parse_sim_options(SourceUrl{url});
    const SimulatedSubject subject = subject_of(url);
    const Kept kept = kept_by(Profile::general, options.rate.hz());
    for (std::size_t ch = 0; ch < session.channels.size(); ++ch) {
        const double rest_uv = kept.noise * options.noise_uv, muscle_uv = kept.emg * subject.sigma_mvc_uv(ch);
        session.channels[ch].reference_template = MvcReference{.rest_uv = rest_uv, .mvc_uv = std::hypot(muscle_uv, rest_uv)};
    }
    session.ecg_template = true;
    return session;
}

double mean_template_mvc(const CollectingSink& sink, std::size_t channel, double from_s, double to_s) {
    double sum = 0.0, n = 0.0;
    for (const CollectingSink::Row& row : sink.rows) {
        const ChannelResult& result = row.channels[channel];
        if (row.row.time_s <= from_s || row.row.time_s > to_s || result.template_status.state != ValueState::valid) continue;
        sum += static_cast<double>(result.template_mvc);
        n += 1.0;
    }
    return sum / n;
}

// Hum ---------------------------------------------------------------------------------------------

TEST(ZeroPhaseStages, TakesHumOffAsThePipelineDoes) {
    const std::string url = "sim:?subject=16&task=rest&duration=60", hum = url + "&mains=50";
    Session session = session_for(url);
    const auto level = [](const CollectingSink& sink) { return mean_mvc(sink, 0, 30.0, 59.0); };
    const double quiet_mvc = level(zero_phase(url, session)), loud_mvc = level(zero_phase(hum, session));
    EXPECT_GT(loud_mvc, quiet_mvc + 0.03);
    session.mains = "50";
    const CollectingSink by_notch = zero_phase(hum, session);
    EXPECT_NEAR(level(by_notch), level(replay(hum, session)), 0.002) << "the harmonics stay";
    EXPECT_LT(level(by_notch), 0.8 * loud_mvc);
    session.mains = "auto";
    const CollectingSink cancelled = zero_phase(hum, session);
    EXPECT_NEAR(level(cancelled), level(replay(hum, session)), 0.002);
    EXPECT_LT(level(cancelled), quiet_mvc + 0.01);
    EXPECT_EQ(cancelled.count(EventKind::mains), 1u);
}

// In hindsight it was there from the beginning: the pipeline needs 8 to 12 s to be sure of it.
TEST(ZeroPhaseStages, HumIsGoneFromTheFirstSecondOn) {
    const std::string quiet = "sim:?subject=23&task=hold&level=0.05&duration=60", hum = quiet + "&mains=50&mains_uv=15";
    const Session session = true_session(quiet);
    const CollectingSink clean = zero_phase(quiet, session), centred = zero_phase(hum, session), causal = replay(hum, session);
    EXPECT_EQ(clean.count(EventKind::mains), 0u);
    EXPECT_GT(mean_mvc(causal, 0, 1.0, 7.0), mean_mvc(clean, 0, 1.0, 7.0) + 0.02);
    for (std::size_t ch = 0; ch < 4; ++ch) {
        EXPECT_NEAR(mean_mvc(centred, ch, 0.5, 7.0), mean_mvc(clean, ch, 0.5, 7.0), 0.006) << "channel " << ch;
        EXPECT_NEAR(mean_mvc(centred, ch, 25.0, 60.0), mean_mvc(clean, ch, 25.0, 60.0), 0.006) << "channel " << ch;
        // The index of quality has heard of it as well.
        EXPECT_LT(centred.rows[300].channels[ch].quality.hum, clean.rows[300].channels[ch].quality.hum);
    }
}

TEST(ZeroPhaseStages, HumIsTakenOffOnEitherSideOfALongGap) {
    const std::string url = "sim:?subject=23&task=hold&level=0.05&duration=40&gap=18-21", hum = url + "&mains=50&mains_uv=15";
    const Session session = true_session(url);
    const CollectingSink clean = zero_phase(url, session), centred = zero_phase(hum, session);
    for (const auto& [from_s, to_s] : {std::pair{0.5, 17.5}, std::pair{21.8, 39.5}}) {
        EXPECT_NEAR(mean_mvc(centred, 0, from_s, to_s), mean_mvc(clean, 0, from_s, to_s), 0.006) << from_s;
    }
}

// Vibration ---------------------------------------------------------------------------------------

TEST(ZeroPhaseStages, CombsAVibrationAsThePipelineDoes) {
    const std::string still = "sim:?subject=21&task=hold&level=0.2&duration=60", shaken = still + "&vibration=30";
    Session session = true_session(still);
    session.mains = "off";
    const CollectingSink without = zero_phase(shaken, session);
    session.vibration_hz = 30.0;
    const CollectingSink centred = zero_phase(shaken, session), causal = replay(shaken, session);
    ASSERT_EQ(centred.session.notes, causal.session.notes) << "the estimate is called one";
    for (std::size_t ch = 0; ch < 4; ++ch) {
        EXPECT_GT(mean_mvc(without, ch, 2.0, 58.0), 0.23) << "the vibration would be taken for muscle";
        EXPECT_NEAR(mean_mvc(centred, ch, 2.0, 58.0) / mean_mvc(causal, ch, 2.12, 58.12), 1.0, 0.01) << "channel " << ch;
        EXPECT_NEAR(mean_mvc(centred, ch, 2.0, 58.0), 0.2, 0.08 * 0.2) << "channel " << ch;  // domain 11.8, S10
        const ChannelResult &estimate = centred.rows[3000].channels[ch], &of_pipeline = causal.rows[3000].channels[ch];
        EXPECT_TRUE(estimate.estimate);
        EXPECT_NEAR(estimate.combed_mvc / estimate.mvc, of_pipeline.combed_mvc / of_pipeline.mvc, 0.03f);
        EXPECT_GT(estimate.uncombed_mvc, estimate.combed_mvc);
    }
}

// What an accelerometer hears in between would be taken for muscle, so it is asked for.
TEST(ZeroPhaseStages, RefusesAVibrationTheSessionDoesNotName) {
    const std::string url = "sim:?subject=21&task=hold&level=0.2&duration=20&imu=on&vibration=30&vibration_at=8-14";
    Session session = session_for(url);
    try {
        zero_phase(url, session);
        FAIL() << "it was not refused";
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("set vibration = "), std::string::npos) << error.what();
    }
    session.find_vibration = false;
    EXPECT_EQ(zero_phase(url, session).rows.size(), 2000u);
}

// Heart -------------------------------------------------------------------------------------------

TEST(ZeroPhaseStages, PathBHasTheLevelOfThePipelineAndOfTheTruth) {
    const std::string url = "sim:?subject=24&task=hold&level=0.1&duration=90&ecg=on";
    Session session = session_of_both_paths(url);
    session.mains = "off";
    const CollectingSink centred = zero_phase(url, session), causal = replay(url, session);
    for (std::size_t ch = 0; ch < 4; ++ch) {
        EXPECT_NEAR(mean_template_mvc(centred, ch, 20.0, 89.0) / mean_template_mvc(causal, ch, 20.3, 89.3), 1.0, 0.02) << "channel " << ch;
        EXPECT_NEAR(mean_template_mvc(centred, ch, 20.0, 89.0), 0.1, 0.004) << "channel " << ch;
        EXPECT_NEAR(mean_template_mvc(centred, ch, 0.5, 10.0), 0.1, 0.008) << "channel " << ch << ", where the pipeline still learns";
    }
}

// The pipeline tells path B 200 ms late, and half a window; this form tells both paths of the same moment.
TEST(ZeroPhaseStages, PathBIsNotLate) {
    const std::string url = "sim:?subject=14&task=step&from=0.20&to=0.60&period=8&duration=200&ecg=on";
    const CollectingSink centred = zero_phase(url, session_of_both_paths(url));
    const auto middle_s = [&](auto value_of) {
        std::vector<double> power(800, 0.0);
        for (std::size_t i = 800; i < 800 * 24; ++i) {
            for (const ChannelResult& channel : centred.rows[i].channels) power[i % 800] += std::pow(static_cast<double>(value_of(channel)), 2.0);
        }
        const double half = 0.5 * (power[200] + power[600]);
        std::size_t i = 350;
        while (power[i] < half) ++i;
        return static_cast<double>(i) * kTickS;
    };
    const double path_a_s = middle_s([](const ChannelResult& channel) { return channel.mvc; });
    EXPECT_NEAR(middle_s([](const ChannelResult& channel) { return channel.template_mvc; }), path_a_s, 0.03);
    EXPECT_NEAR(path_a_s, 4.05, 0.05);
}

TEST(ZeroPhaseStages, WithoutAHeartPathBIsTheWiderBand) {
    const std::string url = "sim:?subject=24&task=hold&level=0.2&duration=40";
    const CollectingSink centred = zero_phase(url, session_of_both_paths(url));
    for (std::size_t ch = 0; ch < 4; ++ch) EXPECT_NEAR(mean_template_mvc(centred, ch, 1.0, 39.0), 0.2, 0.006) << "channel " << ch;
}

// Flag engine B -----------------------------------------------------------------------------------

TEST(ZeroPhaseStages, EngineBRaisesEveryStepAsSoonAsThePipelines) {
    const std::string url = "sim:?subject=14&task=step&from=0.20&to=0.50&period=8&duration=400";
    Session session = true_session(url);
    session.engine = "B";
    const auto delays_s = [](const CollectingSink& sink) {
        std::vector<double> delays;
        for (const Event& event : sink.events) {
            if (event.kind == EventKind::load_raised) delays.push_back(std::fmod(event.time_s, 8.0) - 4.0);
        }
        std::sort(delays.begin(), delays.end());
        return delays;
    };
    const std::vector<double> centred = delays_s(zero_phase(url, session)), causal = delays_s(replay(url, session));
    ASSERT_EQ(centred.size(), 50u);
    ASSERT_EQ(causal.size(), 50u);
    EXPECT_NEAR(centred[25], causal[25], 0.02) << "energies are of their own 10 ms in both";
    EXPECT_GT(centred.front(), 0.0);
}

TEST(ZeroPhaseStages, EngineBKnowsWhatIsMissing) {
    const std::string url = "sim:?subject=14&task=hold&level=0.2&duration=20&lead_off=MF_L@8-12,MF_R@8-12";
    Session session = true_session(url);
    session.engine = "B";
    const CollectingSink centred = zero_phase(url, session);
    std::size_t n_checked = 0;
    for (const CollectingSink::Row& row : centred.rows) {
        if (row.row.time_s < 8.35 || row.row.time_s > 11.9) continue;  // the cable swings to its rail first
        ASSERT_EQ(row.row.load, LoadState::unknown) << row.row.time_s;
        ++n_checked;
    }
    EXPECT_GT(n_checked, 350u);
    EXPECT_EQ(centred.rows[700].row.load, LoadState::under);
}

}  // namespace
}  // namespace tonus
