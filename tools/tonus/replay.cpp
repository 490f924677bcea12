#include <charconv>

#include "engine/core/error.hpp"
#include "tools/tonus/onsets_run.hpp"
#include "tools/tonus/replay_sources.hpp"
#include "tools/tonus/session_run.hpp"
#include "tools/tonus/synergies_run.hpp"

namespace tonus::cli {
namespace {

/// Of `--speed`, which is "max" or a number by now.
std::optional<double> pace_of(const std::string& speed) {
    if (speed == "max") return std::nullopt;
    double pace = 1.0;
    std::from_chars(speed.data(), speed.data() + speed.size(), pace);
    return pace;
}

void refuse_what_does_not_go_together(const ReplayOptions& options, bool live) {
    if (live && !options.taps.empty()) {
        throw usage_error("--taps goes with --speed max: the stages are only open to see at full speed");
    }
    if (live && !options.onsets.empty()) {
        throw usage_error("--onsets goes with --speed max: the baseline is only known when the recording has been read once");
    }
    if (live && !options.synergies.empty()) {
        throw usage_error("--synergies goes with --speed max: they are of the whole recording, not of a moment");
    }
    if (options.zero_phase && live) {
        throw usage_error("--offline-zero-phase looks into the future, which --speed " + options.speed + " has not: leave one of them out");
    }
    if (options.zero_phase && !options.taps.empty()) {
        throw usage_error("--taps shows the stages of the live chain: leave it or --offline-zero-phase out");
    }
    if (options.rounds && (options.zero_phase || !options.onsets.empty() || !options.synergies.empty())) {
        throw usage_error("--loop makes no new data: leave it or --offline-zero-phase, --onsets and --synergies out");
    }
}

}  // namespace

int replay(const ReplayOptions& options) {
    const std::optional<double> pace = pace_of(options.speed);
    refuse_what_does_not_go_together(options, pace.has_value());
    const Played played{.from_s = options.from_s, .to_s = options.to_s, .rounds = options.rounds};
    MarkerBoard markers;
    Sources sources = open_played(options.files, options.session, played, markers);
    const Outputs outputs{.table = options.out, .events = options.events, .taps = options.taps, .markers = &markers};
    refuse_overwriting(sources, {options.out, options.events, options.onsets, options.synergies}, options.taps);
    const int code = options.zero_phase ? run_session_zero_phase(sources, outputs, options.voice)
                                        : run_session(sources, pace ? Speed::live : Speed::full, outputs, options.voice,
                                                      {.speed = pace.value_or(1.0)});
    MarkerBoard told;  // before
    const auto reopen = [&] {
        return open_played(options.files, options.session, played, told);
    };
    if (!options.onsets.empty()) write_onsets(reopen, options.onsets, onset_method(options.detector), options.voice);
    if (!options.synergies.empty()) write_synergies(reopen(), options.synergies, options.voice);
    return code;
}

}  // namespace tonus::cli
