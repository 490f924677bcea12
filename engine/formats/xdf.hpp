#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// XDF, as LSL's recorder and Tonus write it, by our own bounded parser. A file that was cut opens at
/// once; behind damage reading goes on at the next boundary, and trouble() says what was left out.
///
/// A stream of numbers with a rate is a stream for each kind of its channels, frames of integers as int32
/// (64 bits as float64). Stamps are corrected by the clock offsets, restarts of the device's clock
/// included, and give order, arrival and holes (GapCause::recording): a leap beyond 0.25 s, or of half a
/// sample in files of ours. Texts and samples without a rate are annotations.
/// Source  file formats, section 1.
extern const RecordingFormat xdf_format;

}  // namespace tonus::formats
