#pragma once

#include <cmath>
#include <map>
#include <string>

#include "drivers/sim/options.hpp"
#include "drivers/sim/subject.hpp"
#include "engine/pipeline/calibration.hpp"
#include "tests/support/emg_run.hpp"
#include "tests/support/simulated_session.hpp"

namespace tonus::test {

/// What a simulated subject does, by the address it is opened with.
inline SimulatedSubject subject_of(const std::string& url) { return SimulatedSubject{parse_sim_options(SourceUrl{url})}; }

/// The RMS that a profile keeps of EMG of the model spectrum and of white noise, at a rate.
struct Kept {
    double emg = 1.0;
    double noise = 1.0;
};
inline Kept kept_by(Profile profile, double rate_hz) {
    static std::map<std::pair<int, double>, Kept> known;
    const auto key = std::pair{static_cast<int>(profile), rate_hz};
    if (const auto found = known.find(key); found != known.end()) return found->second;
    EmgChainConfig config;
    config.condition.profiles = {profile};
    EmgSource source = model_emg(rate_hz, 12345);
    Random noise{12345};
    const Kept kept{run_emg(rate_hz, 600.0, [&](std::size_t) { return source.next(); }, config).power_mean(),
                    run_emg(rate_hz, 600.0, [&](std::size_t) { return noise.normal(); }, config).power_mean()};
    return known[key] = kept;
}

/// A session whose references are the truth: what a calibration without error would find.
inline Session true_session(const std::string& url) {
    const auto device = open_device(url);
    const SimOptions options = parse_sim_options(SourceUrl{url});
    const SimulatedSubject subject{options};
    const std::span<const StreamInfo> streams = device->streams();
    Session session = default_session({&streams, 1});
    for (std::size_t ch = 0; ch < session.channels.size(); ++ch) {
        const Kept kept = kept_by(profile_for_site(session.channels[ch].site), options.rate.hz());
        const double rest = kept.noise * options.noise_uv, muscle = kept.emg * subject.sigma_mvc_uv(ch);
        session.channels[ch].reference = MvcReference{.rest_uv = rest, .mvc_uv = std::hypot(muscle, rest)};
    }
    return session;
}

inline CollectingSink replay_with_truth(const std::string& url) { return replay(url, true_session(url)); }

/// What `tonus calibrate` finds of a subject, at full speed.
struct CalibratedSubject {
    Session session;
    std::vector<Calibration::Outcome> outcomes;  ///< one per channel
};
inline CalibratedSubject calibrated_subject(const std::string& url) {
    const auto device = open_device(url);
    const std::span<const StreamInfo> streams = device->streams();
    CalibratedSubject subject{.session = default_session({&streams, 1}), .outcomes = {}};
    Calibration calibration{{&streams, 1}, subject.session, {.pause_s = 2.0, .efforts = efforts_for(subject.session)}};
    Pipeline pipeline{streams, subject.session};
    pipeline.set_taps(&calibration);
    Device* const devices[] = {device.get()};
    run_offline(devices, pipeline, {}, {}, &calibration.done());
    subject.outcomes = calibration.outcomes("2026-11-21T10:30:00Z");
    for (std::size_t ch = 0; ch < subject.outcomes.size(); ++ch) subject.session.channels[ch].reference = subject.outcomes[ch].reference;
    return subject;
}

/// Of the valid rows in a stretch of a run.
inline double mean_mvc(const CollectingSink& sink, std::size_t channel, double from_s, double to_s) {
    double sum = 0.0;
    std::size_t n = 0;
    for (const CollectingSink::Row& row : sink.rows) {
        if (row.row.time_s <= from_s || row.row.time_s > to_s) continue;
        if (row.channels[channel].mvc_status.state != ValueState::valid) continue;
        sum += static_cast<double>(row.channels[channel].mvc);
        ++n;
    }
    return n > 0 ? sum / static_cast<double>(n) : std::nan("");
}

}  // namespace tonus::test
