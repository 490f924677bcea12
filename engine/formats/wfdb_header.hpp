#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/rate.hpp"
#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// One line of a WFDB header about a signal.
struct WfdbSignal {
    std::string file = {};             ///< beside the header
    int format = 16;
    std::uint64_t n_per_frame = 1;
    std::uint64_t skew = 0;            ///< samples that this signal is late in the file
    std::uint64_t file_offset = 0;     ///< bytes before the samples
    double gain = 200.0;               ///< digital steps per unit
    double baseline = 0.0;             ///< digital value of 0
    std::string unit = "mV";
    bool calibrated = false;           ///< the header gives the gain
    int n_bits = 0;                    ///< of the converter; 0 where it does not say
    double zero = 0.0;                 ///< middle of the converter's range
    double first_value = 0.0;          ///< from which differences count (format 8)
    std::string label = {};
};

/// A part of a record that lies in a record of its own; "~" is a part that is missing.
struct WfdbSegment {
    std::string name = {};
    std::uint64_t n_frames = 0;
};

struct WfdbHeader {
    std::string name = {};
    Rate rate = {};                    ///< frames per second
    std::uint64_t n_frames = 0;        ///< 0 where the header does not say
    std::string start = {};
    std::vector<WfdbSignal> signals = {};
    std::vector<WfdbSegment> segments = {};
};

/// True when text begins as a header of this format does: a record line, and a line of a signal or segment.
bool is_wfdb_header(std::string_view text);

/// Reads a header file. Throws Error (input) with the line that is not understood.
WfdbHeader read_wfdb_header(const RecordingFile& recording);

}  // namespace tonus::formats
