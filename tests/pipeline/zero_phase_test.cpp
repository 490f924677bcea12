// The offline twin of the pipeline, against the pipeline and against the simulated subject's truth.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/error.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/sinks/results_table.hpp"
#include "engine/sinks/summary.hpp"
#include "tests/support/calibrated_subject.hpp"
#include "tests/support/zero_phase_run.hpp"

namespace tonus {
namespace {

using namespace test;

/// The mean of all channels, so that their noise averages out.
std::vector<double> activation_of(const CollectingSink& sink) {
    std::vector<double> values;
    for (const CollectingSink::Row& row : sink.rows) {
        double sum = 0.0;
        for (const ChannelResult& channel : row.channels) sum += static_cast<double>(channel.mvc);
        values.push_back(sum / static_cast<double>(row.channels.size()));
    }
    return values;
}

/// How much later `late` says what `early` says: the lag of least squared difference, between
/// ticks by a parabola.
double lag_s(const std::vector<double>& early, const std::vector<double>& late) {
    constexpr std::size_t kLags = 30;
    std::vector<double> error(kLags + 1, 0.0);
    for (std::size_t lag = 0; lag <= kLags; ++lag) {
        for (std::size_t i = 200; i + kLags < early.size(); ++i) error[lag] += std::pow(late[i + lag] - early[i], 2.0);
    }
    const auto best = static_cast<std::size_t>(std::min_element(error.begin(), error.end()) - error.begin());
    if (best == 0 || best == kLags) return -1.0;
    const double before = error[best - 1], at = error[best], after = error[best + 1];
    return (static_cast<double>(best) + 0.5 * (before - after) / (before - 2.0 * at + after)) * kTickS;
}

TEST(ZeroPhaseRun, LeadsThePipelineByItsStatedDelay) {
    for (const double window_s : {0.25, 0.50}) {
        const std::string url = "sim:?subject=12&task=staircase&duration=120";
        Session session = session_for(url);
        session.window_s = window_s;
        const CollectingSink causal = test::replay(url, session), centred = zero_phase(url, session);
        ASSERT_EQ(centred.rows.size(), causal.rows.size());
        const double stated_s = causal.session.envelope_delay_s - centred.session.envelope_delay_s;
        const double measured_s = lag_s(activation_of(centred), activation_of(causal));
        EXPECT_GT(stated_s, 0.45 * window_s);
        EXPECT_NEAR(measured_s, stated_s, 0.015) << "window " << window_s;
    }
}

TEST(ZeroPhaseRun, HasTheLevelOfThePipeline) {
    for (const char* rate : {"250", "1000", "2000"}) {
        const std::string url = std::string{"sim:?subject=12&task=staircase&duration=120&rate="} + rate;
        for (const char* profile : {"general", "trunk_ecg"}) {
            Session session = session_for(url);
            session.profile = profile;
            const CollectingSink causal = test::replay(url, session), centred = zero_phase(url, session);
            for (std::size_t ch = 0; ch < 4; ++ch) {
                EXPECT_NEAR(mean_mvc(centred, ch, 2.0, 119.0) / mean_mvc(causal, ch, 2.12, 119.12), 1.0, 0.01) << rate << " Hz, " << profile << ", channel " << ch;
            }
        }
    }
}

/// When the power, over all rising steps of task=step, is half-way between its levels, from the
/// beginning of the period.
template <class PowerAt>
double middle_of_step_s(std::size_t n_ticks_of_period, const PowerAt& power_at) {
    std::vector<double> power(n_ticks_of_period);
    for (std::size_t i = 0; i < power.size(); ++i) power[i] = power_at(i);
    const auto mean = [&](std::size_t from, std::size_t to) {
        return std::accumulate(power.begin() + static_cast<std::ptrdiff_t>(from), power.begin() + static_cast<std::ptrdiff_t>(to), 0.0) / static_cast<double>(to - from);
    };
    const double half = 0.5 * (mean(100, 350) + mean(500, 750));
    std::size_t i = 350;
    while (power[i] < half) ++i;
    // Tick i tells of its end, (i + 1) ticks from the beginning.
    return (static_cast<double>(i) + (half - power[i - 1]) / (power[i] - power[i - 1])) * kTickS;
}

TEST(ZeroPhaseRun, AStepIsWhereItWas) {
    const std::string url = "sim:?subject=14&task=step&from=0.20&to=0.60&period=8&duration=400";
    const Session session = session_for(url);
    const SimulatedSubject subject{parse_sim_options(SourceUrl{url})};
    const double truth_s = middle_of_step_s(800, [&](std::size_t i) { return std::pow(subject.activation(0, static_cast<double>(i + 1) * kTickS), 2.0); });
    const auto found_s = [&](const CollectingSink& sink) {
        return middle_of_step_s(800, [&](std::size_t i) {
            double sum = 0.0;
            for (std::size_t period = 1; period < 49; ++period) {
                for (std::size_t ch = 0; ch < 4; ++ch) sum += power_uv2(sink.rows[period * 800 + i], ch);
            }
            return sum;
        });
    };
    const CollectingSink centred = zero_phase(url, session), causal = test::replay(url, session);
    EXPECT_NEAR(found_s(centred), truth_s, 0.020);
    EXPECT_GT(found_s(causal), truth_s + 0.10) << "the pipeline is late, or this test sees nothing";
}

// A quarter of a second of quiet on either side: what comes later may not show before.
TEST(ZeroPhaseRun, ABurstDoesNotLeakBeyondItsWindow) {
    const std::string url = "sim:?subject=4&task=step&from=0.0&to=0.8&period=8&ramp=100&duration=24";
    const CollectingSink sink = zero_phase(url, session_for(url));
    for (const CollectingSink::Row& row : sink.rows) {
        const double in_period_s = std::fmod(row.row.time_s, 8.0);
        if (row.row.time_s > 1.0 && in_period_s > 0.5 && in_period_s < 3.8) {
            EXPECT_LT(row.channels[0].rms_uv, 5.0f) << row.row.time_s;
        }
    }
}

std::vector<std::string> lines_of(const SimFiles& files, const std::string& path) {
    std::vector<std::string> lines{""};
    for (const std::byte byte : files.content(path)) {
        if (static_cast<char>(byte) == '\n') lines.emplace_back();
        else lines.back() += static_cast<char>(byte);
    }
    lines.pop_back();
    return lines;
}

// And one column more, so that a row taken out of its file still says what it is.
TEST(ZeroPhaseRun, TheTableHasTheSameRowsAndSaysItsForm) {
    const std::string url = "sim:?subject=3&task=reps&duration=5";
    const Session session = session_for(url);
    SimFiles files;
    {
        const std::unique_ptr<Device> device = open_device(url);
        Pipeline pipeline{device->streams(), session};
        ResultsTable causal{files, "causal.csv"}, centred{files, "centred.csv"};
        run_offline(*device, pipeline, causal);
        run_into(url, session, centred);
    }
    const std::vector<std::string> causal = lines_of(files, "causal.csv"), centred = lines_of(files, "centred.csv");
    ASSERT_EQ(causal.size(), 501u);
    ASSERT_EQ(centred.size(), causal.size());
    EXPECT_EQ(centred[0], causal[0] + ",form");
    const auto cells = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
    for (std::size_t i = 1; i < causal.size(); ++i) {
        ASSERT_EQ(cells(centred[i]), cells(causal[i]) + 1);
        ASSERT_EQ(centred[i].substr(centred[i].rfind(',')), ",zero-phase offline");
        ASSERT_EQ(centred[i].substr(0, centred[i].find(',')), causal[i].substr(0, causal[i].find(',')));
    }
    EXPECT_NE(centred[300], causal[300]);
}

TEST(ZeroPhaseRun, SaysWhichFormItIs) {
    const std::string url = "sim:?subject=3&task=reps&duration=5";
    const Session session = session_for(url);
    const CollectingSink causal = test::replay(url, session), centred = zero_phase(url, session);
    EXPECT_NE(summary_text(centred.session, centred.summary).find("(zero-phase offline)"), std::string::npos);
    EXPECT_NE(summary_json(centred.session, centred.summary).find("\"form\":\"zero-phase offline\""), std::string::npos);
    EXPECT_NE(summary_text(causal.session, causal.summary).find("(causal)"), std::string::npos);
    EXPECT_NE(summary_json(causal.session, causal.summary).find("\"form\":\"causal\""), std::string::npos);
    EXPECT_NEAR(centred.session.envelope_delay_s, 0.005, 1e-12) << "half a tick, of a window of 25";
}

TEST(ZeroPhaseRun, DoesNotDependOnTheCutOfTheRecording) {
    const std::string url = "sim:?subject=3&task=reps&duration=10&mains=50&lead_off=MF_L@4-6&packet=";
    Session session = session_for(url + "20");
    session.mains = "auto";
    const CollectingSink small = zero_phase(url + "7", session), large = zero_phase(url + "500", session);
    ASSERT_EQ(small.rows.size(), 1000u);
    ASSERT_EQ(large.rows.size(), 1000u);
    for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(visible(small.rows[i]), visible(large.rows[i])) << i;
}

std::string refusal(const std::vector<std::string>& urls, const Session& session, const ZeroPhaseOptions& options = {}) {
    std::vector<std::unique_ptr<Device>> owned;
    std::vector<Device*> devices;
    for (const std::string& url : urls) {
        owned.push_back(open_device(url));
        devices.push_back(owned.back().get());
    }
    CollectingSink sink;
    Sink* const sinks[] = {&sink};
    try {
        run_zero_phase(devices, session, sinks, options);
    } catch (const Error& error) {
        EXPECT_TRUE(sink.rows.empty());
        return error.what();
    }
    return {};
}

TEST(ZeroPhaseRun, RefusesWhatItCannotDo) {
    const std::string url = "sim:?subject=3&duration=2";
    const Session session = session_for(url);
    EXPECT_EQ(refusal({url}, session), "");
    EXPECT_NE(refusal({url, url}, session).find("one recording, and 2"), std::string::npos);
    Session whitened = session;
    whitened.whitening = true;
    EXPECT_NE(refusal({url}, whitened).find("whitening"), std::string::npos);
    EXPECT_NE(refusal({url}, session, {.n_samples_max = 7'900}).find("more than 7900 EMG samples, 0.000549 h"), std::string::npos);
    EXPECT_EQ(refusal({url}, session, {.n_samples_max = 8'000}), "");
}

TEST(ZeroPhaseRun, ARecordingShorterThanItsWindowHasItsRows) {
    const std::string url = "sim:?subject=3&duration=0.04";
    const CollectingSink sink = zero_phase(url, session_for(url));
    EXPECT_EQ(sink.rows.size(), 4u);
    for (const CollectingSink::Row& row : sink.rows) EXPECT_NE(row.channels[0].mvc_status.state, ValueState::valid);
    EXPECT_EQ(sink.count(EventKind::ended), 1u);
}

}  // namespace
}  // namespace tonus
