#pragma once

#include <string>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/core/rate.hpp"
#include "engine/device/recording_note.hpp"

namespace tonus::formats {

/// What an annotation file in the MIT format says, in the order of time: the text beside an annotation, behind the
/// mnemonic of its code unless that is NOTE; the mnemonic alone where there is none ("N" is a normal beat).
/// Appends to `notes` where the file breaks off, or counts time in steps that are none.
/// @param rate  frames per second of the record, unless the file's first note has another resolution
/// Source  WFDB Applications Guide, annot(5).
std::vector<RecordingNote> read_wfdb_annotations(InputFile& file, const Rate& rate, const std::string& name, std::vector<std::string>& notes);

}  // namespace tonus::formats
