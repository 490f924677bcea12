#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// The table that Trigno Discover exports: pairs of columns, times and values, each pair at a rate of its
/// own and as long as it is. Channels of one rate and length are a stream; the times, which only repeat the
/// rate, are not read, nor is the table of markers at the right. Rows are found by what they hold, because
/// versions differ in their number.
/// Source  file formats, section 5.
extern const RecordingFormat trigno_discover_format;

}  // namespace tonus::formats
