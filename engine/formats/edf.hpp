#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// EDF, EDF+, BDF and BDF+, continuous and discontinuous, by our own bounded parser.
///
/// Signals with as many samples per record and of one kind are a stream of raw int32 counts, with
/// scale and offset from the physical and digital ranges and raw_min/raw_max at the digital ones.
/// The rate is samples per record over the record's duration, exactly. In a discontinuous file the
/// times of the records give the index; a hole is a jump (GapCause::recording). A cut file is read
/// up to its last whole record, then trouble() says where it is cut.
/// Source  file formats, section 2.
extern const RecordingFormat edf_format;

}  // namespace tonus::formats
