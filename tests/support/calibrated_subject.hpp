#pragma once

#include <map>
#include <string>

#include "drivers/sim/options.hpp"
#include "drivers/sim/subject.hpp"
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

}  // namespace tonus::test
