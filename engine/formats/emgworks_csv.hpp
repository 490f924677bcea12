#pragma once

#include "engine/formats/recording_format.hpp"

namespace tonus::formats {

/// The table that Delsys EMGworks exports: columns of times ("X[s]"), each followed by those of values that were
/// sampled then ("Trigno IM sensor 1: EMG 1[V]"), each at a rate of its own and as long as it is. The rate is that of
/// the lines "Label: ... Sampling frequency: ..." above, or what the times show.
/// Source  file formats, section 5 (from memory, no file was at hand); a public script reads the same heading.
extern const RecordingFormat emgworks_csv_format;

}  // namespace tonus::formats
