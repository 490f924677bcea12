// The offline twin of the pipeline, against the pipeline and against the simulated subject's truth.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "drivers/sim/options.hpp"
#include "drivers/sim/subject.hpp"
#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "engine/core/sim_files.hpp"
#include "engine/pipeline/run_zero_phase.hpp"
#include "engine/sinks/results_table.hpp"
#include "engine/sinks/summary.hpp"
#include "tests/support/simulated_session.hpp"

namespace tonus {
namespace {

using test::CollectingSink;

Session session_for(const std::string& url) {
    const auto device = open_device(url);
    Session session = test::session_with_references(*device, {100, 100, 120, 120}, 2.5);
    session.mains = "off";
    return session;
}

RunSummary run_into(const std::string& url, const Session& session, Sink& sink, const ZeroPhaseOptions& options = {}) {
    const std::unique_ptr<Device> device = open_device(url);
    Device* const devices[] = {device.get()};
    Sink* const sinks[] = {&sink};
    return run_zero_phase(devices, session, sinks, options);
}

CollectingSink zero_phase(const std::string& url, const Session& session) {
    CollectingSink sink;
    run_into(url, session, sink);
    return sink;
}

double power_uv2(const CollectingSink::Row& row, std::size_t channel) {
    return std::pow(static_cast<double>(row.channels[channel].rms_uv), 2.0);
}

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

double mean_mvc(const CollectingSink& sink, std::size_t channel, double from_s, double to_s) {
    double sum = 0.0, n = 0.0;
    for (const CollectingSink::Row& row : sink.rows) {
        if (row.row.time_s <= from_s || row.row.time_s > to_s) continue;
        if (row.channels[channel].mvc_status.state != ValueState::valid) continue;
        sum += static_cast<double>(row.channels[channel].mvc);
        n += 1.0;
    }
    return sum / n;
}

/// A recording of EMG streams of one channel each, made from a function of stream and time.
class MadeUp final : public Device {
public:
    using SignalUv = std::function<double(std::size_t, double)>;

    /// @param end_tenths  where each stream ends, in tenths of a second
    MadeUp(const std::vector<std::uint64_t>& rates, std::vector<std::size_t> end_tenths, SignalUv signal_uv)
        : end_tenths_(std::move(end_tenths)), signal_uv_(std::move(signal_uv)) {
        for (const std::uint64_t rate : rates) {
            streams_.push_back({.name = "emg" + std::to_string(rate), .kind = StreamKind::emg, .rate = {rate, 1}, .type = SampleType::float64});
            streams_.back().channels.push_back({.label = "C" + std::to_string(rate), .raw_min = -187'500.0, .raw_max = 187'500.0});
        }
    }
    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    Pacing pacing() const noexcept override { return Pacing::stamped; }
    void start() override {}
    void stop() noexcept override {}
    ReadStatus read(FrameSink& sink, std::chrono::milliseconds) noexcept override {
        if (n_tenths_ == *std::max_element(end_tenths_.begin(), end_tenths_.end())) return ReadStatus::ended;
        for (std::size_t s = 0; s < streams_.size(); ++s) {
            if (n_tenths_ >= end_tenths_[s]) continue;
            const std::size_t n = streams_[s].rate.num / 10, first = n_tenths_ * n;
            std::vector<double> samples(n);
            for (std::size_t i = 0; i < n; ++i) samples[i] = signal_uv_(s, streams_[s].rate.time_s(first + i));
            sink.push(s, first, raw_frames(std::span<const double>{samples}, 1, static_cast<std::int64_t>(n_tenths_ + 1) * 100'000'000));
        }
        ++n_tenths_;
        return ReadStatus::frames;
    }

private:
    std::vector<StreamInfo> streams_;
    std::vector<std::size_t> end_tenths_;
    SignalUv signal_uv_;
    std::size_t n_tenths_ = 0;
};

CollectingSink zero_phase(MadeUp device) {
    const std::span<const StreamInfo> streams = device.streams();
    Session session = default_session({&streams, 1});
    session.mains = "off";
    CollectingSink sink;
    Device* const devices[] = {&device};
    Sink* const sinks[] = {&sink};
    run_zero_phase(devices, session, sinks);
    return sink;
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

TEST(ZeroPhaseRun, TheTableHasTheSameColumnsAndRows) {
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
    EXPECT_EQ(centred[0], causal[0]);
    const auto cells = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
    for (std::size_t i = 1; i < causal.size(); ++i) {
        ASSERT_EQ(cells(centred[i]), cells(causal[i]));
        ASSERT_EQ(centred[i].substr(0, centred[i].find(',')), causal[i].substr(0, causal[i].find(',')));
    }
    EXPECT_NE(centred[300], causal[300]);
}

TEST(ZeroPhaseRun, SaysWhichFormItIs) {
    const std::string url = "sim:?subject=3&task=reps&duration=5";
    const Session session = session_for(url);
    const CollectingSink causal = test::replay(url, session), centred = zero_phase(url, session);
    EXPECT_NE(summary_text(centred.session, centred.summary).find("(zero-phase, offline)"), std::string::npos);
    EXPECT_NE(summary_json(centred.session, centred.summary).find("\"form\":\"zero-phase, offline\""), std::string::npos);
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

// Gaps and faults ---------------------------------------------------------------------------------

TEST(ZeroPhaseRun, LostPacketsAreAccountedForAndDoNotBiasTheLevel) {
    const std::string url = "sim:?subject=17&task=hold&level=0.3&duration=120";
    const Session session = session_for(url);
    const CollectingSink whole = zero_phase(url, session), lossy = zero_phase(url + "&loss=0.05", session);
    const CollectingSink causal = test::replay(url + "&loss=0.05", session);
    ASSERT_GT(lossy.count(EventKind::gap), 10u);
    EXPECT_EQ(lossy.count(EventKind::gap), causal.count(EventKind::gap));
    const LossLedger &ours = lossy.summary.streams[0].ledger, &theirs = causal.summary.streams[0].ledger;
    EXPECT_EQ(ours.received, theirs.received);
    EXPECT_EQ(ours.lost, theirs.lost);
    EXPECT_EQ(lossy.rows.size(), causal.rows.size());
    for (std::size_t ch = 0; ch < 4; ++ch) {
        EXPECT_NEAR(mean_mvc(lossy, ch, 2.0, 119.0) / mean_mvc(whole, ch, 2.0, 119.0), 1.0, 0.005) << "channel " << ch;
    }
    // The 20 ms after a loss settle; here those before it do too, for the backward pass.
    const auto missing = [](const CollectingSink& sink) {
        double sum = 0.0;
        for (const CollectingSink::Row& row : sink.rows) sum += 1.0 - static_cast<double>(row.channels[0].rms_status.valid_fraction);
        return sum / static_cast<double>(sink.rows.size());
    };
    const double before_gaps = 0.02 * static_cast<double>(ours.n_gaps) / 120.0;
    EXPECT_NEAR(missing(lossy) - missing(causal), before_gaps, 0.1 * before_gaps);
}

TEST(ZeroPhaseRun, ALongGapIsAHoleAtItsPlace) {
    const std::string url = "sim:?subject=5&task=hold&level=0.3&duration=20&gap=8-11";
    const Session session = session_for(url);
    const CollectingSink sink = zero_phase(url, session), whole = zero_phase("sim:?subject=5&task=hold&level=0.3&duration=20", session);
    ASSERT_EQ(sink.rows.size(), 2000u);
    for (std::size_t i = 0; i < 2000; ++i) {
        const double time_s = sink.rows[i].row.time_s;
        const Status& status = sink.rows[i].channels[0].mvc_status;
        const float level = whole.rows[i].channels[0].mvc;
        if (time_s > 0.4 && time_s < 7.95) {
            ASSERT_EQ(status.state, ValueState::valid) << time_s;
            // Nearer than half a window, there are other samples in it.
            ASSERT_NEAR(sink.rows[i].channels[0].mvc, level, (time_s < 7.8 ? 1e-3f : 0.2f) * level) << time_s;
        }
        if (time_s > 9.3 && time_s < 10.9) {
            ASSERT_EQ(status.state, ValueState::invalid) << time_s;
            ASSERT_EQ(status.reason, Reason::gap) << time_s;
            ASSERT_NE(sink.rows[i].row.load, LoadState::under) << time_s;
        }
        if (time_s > 11.5 && time_s < 19.8) {
            ASSERT_EQ(status.state, ValueState::valid) << time_s;
        }
    }
    EXPECT_EQ(sink.count(EventKind::gap), 1u);
    for (const Event& event : sink.events) {
        if (event.kind == EventKind::gap) {
            EXPECT_NEAR(event.time_s, 8.0, 0.05);
        }
    }
}

// The backward pass meets the fault before the muscle: it must not carry it there. Without
// references, so that no spike detector helps.
TEST(ZeroPhaseRun, AFaultDoesNotSpoilWhatWasBefore) {
    const std::string base = "sim:?subject=6&task=hold&level=0.3&duration=20&float=on";
    Session session = session_for(base);
    for (SessionChannel& channel : session.channels) channel.reference.reset();
    const CollectingSink clean = zero_phase(base, session);
    for (const char* fault : {"&flat=MF_L@8-11", "&nan=MF_L@8-11"}) {
        const CollectingSink sink = zero_phase(base + fault, session);
        ASSERT_EQ(sink.rows.size(), clean.rows.size());
        for (std::size_t i = 0; i < sink.rows.size(); ++i) {
            const double time_s = sink.rows[i].row.time_s;
            const ChannelResult &with = sink.rows[i].channels[0], &without = clean.rows[i].channels[0];
            if (time_s > 0.4 && time_s < 7.95) {
                ASSERT_EQ(with.rms_status.state, ValueState::valid) << fault << " at " << time_s;
                // Nearer than half a window, there are other samples in it.
                ASSERT_NEAR(with.rms_uv, without.rms_uv, (time_s < 7.8 ? 1e-2f : 0.2f) * without.rms_uv) << fault << " at " << time_s;
            }
            // The pipeline needs 200 ms to be sure; in hindsight it was off at once.
            if (time_s > 8.05 && time_s < 11.0) {
                ASSERT_NE(with.rms_status.state, ValueState::valid) << fault << " at " << time_s;
            }
            if (time_s > 12.2 && time_s < 19.8) {
                ASSERT_EQ(with.rms_status.state, ValueState::valid) << fault << " at " << time_s;
            }
            // The other channels know nothing of it.
            if (time_s > 0.4) {
                ASSERT_EQ(sink.rows[i].channels[1].rms_uv, clean.rows[i].channels[1].rms_uv) << fault;
            }
        }
    }
}

// Alone, a flat line takes a second to be sure of: until then it looks like perfect rest.
TEST(ZeroPhaseRun, AFlatLineIsOffFromItsBeginning) {
    const std::string url = "sim:?subject=6&task=hold&level=0.3&duration=14&flat=MF_L@8-11,MF_R@8-11,LT_L@8-11,LT_R@8-11";
    const CollectingSink sink = zero_phase(url, session_for(url));
    for (const CollectingSink::Row& row : sink.rows) {
        if (row.row.time_s < 8.05 || row.row.time_s > 11.0) continue;
        ASSERT_NE(row.channels[0].mvc_status.state, ValueState::valid) << row.row.time_s;
        ASSERT_EQ(row.channels[0].mvc_status.reason, Reason::lead_off) << row.row.time_s;
    }
}

// A movement of the plug: 50 ms on either side are no muscle (domain 2.5).
TEST(ZeroPhaseRun, WhatLiesBeforeASpikeIsMarkedToo) {
    const std::string url = "sim:?subject=6&task=rest&duration=60";
    const Session session = session_for(url);
    const CollectingSink spiked = zero_phase(url + "&spikes=0.2", session), causal = test::replay(url + "&spikes=0.2", session);
    const auto lost_s = [](const CollectingSink& sink) {
        double lost = 0.0;
        for (const CollectingSink::Row& row : sink.rows) {
            if (row.row.time_s > 1.0 && row.row.time_s < 59.0) lost += (1.0 - static_cast<double>(row.channels[0].rms_status.valid_fraction)) * kTickS;
        }
        return lost;
    };
    ASSERT_GT(lost_s(causal), 0.2) << "there are spikes";
    // Less than twice, because artefacts that last are marked from their first to 50 ms after their last sample.
    EXPECT_GT(lost_s(spiked) / lost_s(causal), 1.4);
    EXPECT_LT(lost_s(spiked) / lost_s(causal), 2.0);
}

TEST(ZeroPhaseRun, TakesHumOffAsThePipelineDoes) {
    const std::string url = "sim:?subject=16&task=rest&duration=60", hum = url + "&mains=50";
    Session session = session_for(url);
    const auto level = [](const CollectingSink& sink) { return mean_mvc(sink, 0, 30.0, 59.0); };
    const double quiet_mvc = level(zero_phase(url, session)), loud_mvc = level(zero_phase(hum, session));
    EXPECT_GT(loud_mvc, quiet_mvc + 0.03);
    session.mains = "50";
    const CollectingSink by_notch = zero_phase(hum, session);
    EXPECT_NEAR(level(by_notch), level(test::replay(hum, session)), 0.002) << "the harmonics stay";
    EXPECT_LT(level(by_notch), 0.8 * loud_mvc);
    session.mains = "auto";
    const CollectingSink cancelled = zero_phase(hum, session);
    EXPECT_NEAR(level(cancelled), level(test::replay(hum, session)), 0.002);
    EXPECT_LT(level(cancelled), quiet_mvc + 0.01);
    EXPECT_EQ(cancelled.count(EventKind::mains), 1u);
}

// At the rail there is no step to see before 200 ms are over, in the pipeline.
TEST(ZeroPhaseRun, ARailIsOffFromItsBeginningAndDoesNotReachBack) {
    const auto run = [](bool falls_off) {
        Random random{8};
        return zero_phase(MadeUp{{1000}, {140}, [=](std::size_t, double t_s) mutable {
            const double emg_uv = 20.0 * random.normal();
            return falls_off && t_s >= 8.0 && t_s < 11.0 ? 0.94 * 187'500.0 + 0.1 * emg_uv : emg_uv;
        }});
    };
    const CollectingSink clean = run(false), sink = run(true);
    for (std::size_t i = 0; i < sink.rows.size(); ++i) {
        const double time_s = sink.rows[i].row.time_s;
        const ChannelResult &with = sink.rows[i].channels[0], &without = clean.rows[i].channels[0];
        if (time_s > 0.4 && time_s < 7.95) {
            ASSERT_EQ(with.rms_status.state, ValueState::valid) << time_s;
            ASSERT_NEAR(with.rms_uv, without.rms_uv, (time_s < 7.8 ? 1e-2f : 0.2f) * without.rms_uv) << time_s;
        }
        if (time_s > 8.05 && time_s < 11.0) {
            ASSERT_EQ(with.rms_status.reason, Reason::lead_off) << time_s;
        }
    }
    EXPECT_EQ(sink.rows[1250].channels[0].rms_status.state, ValueState::valid);
}

// One burst around 5 s in both streams; the second ends at 8 s of 10.
TEST(ZeroPhaseRun, StreamsOfDifferentRatesLieOverEachOther) {
    const CollectingSink sink = zero_phase(MadeUp{{1000, 2000}, {100, 80}, [](std::size_t, double t_s) {
        return (1.0 + 99.0 * std::exp(-0.5 * std::pow((t_s - 5.0) / 0.3, 2.0))) * std::sin(2.0 * std::numbers::pi * 103.0 * t_s);
    }});
    ASSERT_EQ(sink.rows.size(), 1000u);
    for (std::size_t ch = 0; ch < 2; ++ch) {
        double energy = 0.0, moment = 0.0;
        for (const CollectingSink::Row& row : sink.rows) {
            if (row.row.time_s < 1.0 || row.row.time_s > 7.5) continue;
            ASSERT_EQ(row.channels[ch].rms_status.state, ValueState::valid) << row.row.time_s;
            energy += power_uv2(row, ch);
            moment += power_uv2(row, ch) * (row.row.time_s - sink.session.envelope_delay_s);
        }
        EXPECT_NEAR(moment / energy, 5.0, 0.002) << "channel " << ch;
    }
    EXPECT_EQ(sink.rows[850].channels[1].rms_status.reason, Reason::stale);
    EXPECT_EQ(sink.rows[850].channels[0].rms_status.state, ValueState::valid);
}

// Refusals ----------------------------------------------------------------------------------------

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
    Session with_template = session, engine_b = session, vibrating = session;
    with_template.ecg_template = true;
    engine_b.engine = "B";
    vibrating.vibration_hz = 30.0;
    EXPECT_NE(refusal({url}, with_template).find("ecg_template"), std::string::npos);
    EXPECT_NE(refusal({url}, engine_b).find("engine"), std::string::npos);
    EXPECT_NE(refusal({url}, vibrating).find("vibration"), std::string::npos);
    EXPECT_NE(refusal({url}, session, {.n_samples_max = 7'900}).find("more than 7900 EMG samples"), std::string::npos);
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
