#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// MATLAB files of versions 5 to 7. A matrix NAME with a scalar NAME_rate_hz beside it (as Tonus writes) is
/// a stream at that rate, with NAME_labels and NAME_units. In other files all matrices that share the
/// longest axis are sampled together, at the rate that a scalar names (fs, srate, sampling_rate ...) or
/// the options do. Time is the longer axis. Version 7.3 is HDF5 and is refused by name.
extern const RecordingFormat mat_format;

}  // namespace tonus::formats
