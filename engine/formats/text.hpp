#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// Tables of numbers as text, one row per sample: CSV and TSV with or without a heading, BioSPPy's
/// Simple Text Format, OpenSignals, the OpenBCI GUI's and Vicon's exports (text_layout.hpp).
///
/// Samples are float64 in the file's own numbers. A cell that is empty or no number is NaN, and is
/// counted in the notes; rows missing by the device's counter or by the times show as a jump of the
/// index (GapCause::recording). A last line without its end is read if it is complete; if not,
/// trouble() says where the file is cut.
/// Source  file formats, sections 5 and 6.
extern const RecordingFormat text_format;

}  // namespace tonus::formats
