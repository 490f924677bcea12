#include "tools/tonus/session_run.hpp"

namespace tonus::cli {

int run(const RunOptions& options) {
    Sources sources = open_sources(options.sources, options.session);
    MarkerBoard markers{MarkerTime::session};
    return run_session(sources, Speed::live,
                       {.table = options.out, .events = options.events, .taps = {}, .markers = &markers, .recording = options.record, .lsl = options.lsl_out},
                       options.voice, {.duration_s = options.duration_s, .places = options.places, .markers = &markers});
}

}  // namespace tonus::cli
