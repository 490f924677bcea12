#pragma once

#include <optional>
#include <vector>

#include "engine/formats/byte_view.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus::formats {

/// What the annotation bytes of one record say.
struct EdfTimes {
    std::optional<double> record_s = {};  ///< when the record begins, from the file's start
    bool damaged = false;                 ///< some bytes were no annotation; those before were kept
};

/// Reads time-stamped annotation lists (`+onset [15h duration] 14h text 14h ... 00h`) and appends
/// their texts, bounded in number and length. The list that begins the record has an empty text.
EdfTimes read_edf_annotations(ByteView bytes, std::vector<RecordingNote>& annotations);

}  // namespace tonus::formats
