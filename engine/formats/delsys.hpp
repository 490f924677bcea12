#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// Delsys EMGworks' older files, ".emg" version 3: int16, with the volts of a step and the gain of each
/// channel in its head. The layout was found in a file that also exists as .hpf.
extern const RecordingFormat delsys_emg_format;

/// Delsys EMGworks' ".hpf": chunks of float32 for groups of channels, each group with its rate; what the
/// file leaves out between chunks is a hole. The layout was found in a file that also exists as .emg.
extern const RecordingFormat delsys_hpf_format;

}  // namespace tonus::formats
