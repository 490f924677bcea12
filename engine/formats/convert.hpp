#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/formats/recording_content.hpp"

namespace tonus {

/// What became of a conversion.
struct ConvertReport {
    formats::RecordingContent content;   ///< what was written
    std::vector<std::string> paths;      ///< the files made
    std::vector<std::string> losses;     ///< what the format cannot hold
    std::vector<std::string> notes;      ///< the reader's remarks
    std::string trouble;                 ///< why the recording ended before its end; what came before is written
};

/// Writes a recording in the format that the ending of `out` names. It is read twice, because a scale
/// that clips nothing needs the largest value first; memory does not grow with its length.
///
/// Errors  Error (input) for what cannot be read, Error (usage) for a name that is taken or a recording the
///         format cannot hold, Error (failed) when the disk refuses.
ConvertReport convert_recording(Files& files, const std::string& in, const std::string& out, const ReadOptions& options,
                                const formats::Selection& selection, const std::function<void(double)>& progress);

}  // namespace tonus
