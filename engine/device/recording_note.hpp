#pragma once

#include <optional>
#include <string>

namespace tonus {

/// A remark someone made in a recording: a marker.
struct RecordingNote {
    double onset_s = 0.0;  ///< from the beginning of the recording
    std::optional<double> duration_s = {};
    std::string text = {};
};

}  // namespace tonus
