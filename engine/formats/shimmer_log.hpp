#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// What a Shimmer3 writes on its SD card (SDLog, LogAndStream): a head of 256 bytes, then samples that begin with the
/// device's clock, in blocks. Rows that the clock says are missing are holes. EXG channels are in mV by the gain of
/// the head and taken for EMG; acceleration and angular rate by the calibration of the head, its axes taken to the
/// nearest whole ones; all else stays counts. A master's clock, where there is one, is not applied.
/// Source  shimmer3, sections 1 to 5; offsets of the head as seemoo-lab/pyshimmer knows them, checked on a log that
///         also exists as the maker's CSV.
extern const RecordingFormat shimmer_log_format;

}  // namespace tonus::formats
