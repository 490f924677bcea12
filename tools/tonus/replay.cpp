#include "engine/core/error.hpp"
#include "tools/tonus/session_run.hpp"

namespace tonus::cli {

int replay(const ReplayOptions& options) {
    const bool live = options.speed == "1";
    if (live && !options.taps.empty()) {
        throw usage_error("--taps goes with --speed max: the stages are only open to see at full speed");
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
    if (options.zero_phase) return run_session_zero_phase(sources, outputs, options.voice);
    return run_session(sources, live ? Speed::live : Speed::full, outputs, options.voice);
}

}  // namespace tonus::cli
