#pragma once

#include "engine/formats/csv_map.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {

/// The layout of a table that is read as `map` says, and not guessed at.
/// Throws Error (usage) where file and map do not fit, with line and column; Error (input) for a line
/// beyond limits::kLineBytes.
TextLayout read_mapped_layout(const RecordingFile& recording, const CsvMap& map);

}  // namespace tonus::formats
