#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// WFDB records, named by their header file (.hea): formats 8, 16, 24, 32, 61, 80, 160, 212, 310 and 311,
/// several samples per frame, skew, several files, and segments of one layout after each other, where a
/// missing segment is a hole. Samples are float64 digital values, not numbers where the format says
/// "invalid". Compressed formats and segments of changing layout are refused by name.
/// Source  file formats, section 4.
extern const RecordingFormat wfdb_format;

}  // namespace tonus::formats
