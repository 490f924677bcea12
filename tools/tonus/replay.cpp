#include "engine/core/error.hpp"
#include "tools/tonus/session_run.hpp"

namespace tonus::cli {

int replay(const ReplayOptions& options) {
    const bool live = options.speed == "1";
    if (live && !options.taps.empty()) {
        throw usage_error("--taps goes with --speed max: the stages are only open to see at full speed");
    }
    std::vector<std::string> urls;
    for (const std::string& file : options.files) urls.push_back(recording_url(file));
    Sources sources = open_sources(urls, options.session);
    return run_session(sources, live ? Speed::live : Speed::full,
                       {.table = options.out, .events = options.events, .taps = options.taps},
                       options.voice);
}

}  // namespace tonus::cli
