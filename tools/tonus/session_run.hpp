#pragma once

#include <string>
#include <vector>

#include "engine/pipeline/run.hpp"
#include "engine/sinks/marker_board.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/sources.hpp"

namespace tonus::cli {

/// What a session writes, beside what it shows.
struct Outputs {
    std::string table = {};
    std::string events = {};
    std::string taps = {};
    const MarkerBoard* markers = nullptr;  ///< of the recordings that are replayed, or of live devices
    std::string recording = {};  ///< of a live run
    std::string lsl = {};  ///< name of the LSL streams of a live run
};

enum class Speed { live, full };

/// Builds the pipeline and the sinks, runs, and says the summary. Returns the exit code: 1 when a
/// device was lost or a recording broke off, though everything before that was kept.
/// @param live  of a live run; it is also stopped by Ctrl-C
int run_session(Sources& sources, Speed speed, const Outputs& outputs, const Voice& voice,
                const LiveOptions& live = {});

/// The same over one recording in its offline form (run_zero_phase). `outputs.taps` is not used.
int run_session_zero_phase(Sources& sources, const Outputs& outputs, const Voice& voice);

}  // namespace tonus::cli
