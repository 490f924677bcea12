#include "engine/core/error.hpp"
#include "tools/tonus/onsets_run.hpp"
#include "tools/tonus/session_run.hpp"
#include "tools/tonus/synergies_run.hpp"

namespace tonus::cli {

int replay(const ReplayOptions& options) {
    const bool live = options.speed == "1";
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
        throw usage_error("--offline-zero-phase looks into the future, which --speed 1 has not: leave one of them out");
    }
    if (options.zero_phase && !options.taps.empty()) {
        throw usage_error("--taps shows the stages of the live chain: leave it or --offline-zero-phase out");
    }
    std::vector<std::string> urls;
    for (const std::string& file : options.files) urls.push_back(recording_url(file));
    Sources sources = open_sources(urls, options.session);
    const Outputs outputs{.table = options.out, .events = options.events, .taps = options.taps};
    refuse_overwriting(sources, {options.out, options.events, options.onsets, options.synergies}, options.taps);
    const int code = options.zero_phase ? run_session_zero_phase(sources, outputs, options.voice)
                                        : run_session(sources, live ? Speed::live : Speed::full, outputs, options.voice);
    if (!options.onsets.empty()) {
        const auto reopen = [&] { return open_sources(urls, options.session); };
        write_onsets(reopen, options.onsets, onset_method(options.detector), options.voice);
    }
    if (!options.synergies.empty()) write_synergies(open_sources(urls, options.session), options.synergies, options.voice);
    return code;
}

}  // namespace tonus::cli
