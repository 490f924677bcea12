#pragma once

#include <string>
#include <vector>

#include "engine/formats/signal.hpp"

namespace tonus::formats {

/// Channels that lie side by side in one of the archive's files of samples.
struct OtbTrack {
    std::string stream = {};          ///< the file
    std::size_t n_total = 0;          ///< channels of that file; samples are interleaved by step
    std::size_t first = 0;            ///< channel of the first signal
    std::size_t sample_bytes = 2;     ///< 2, 3, 4: integers; 8: a double; all little-endian
    Rate rate = {};
    std::vector<Signal> signals = {};
};

/// What the XML of a recording by OT BioLab says.
struct OtbTracks {
    std::vector<OtbTrack> tracks = {};
    std::string start = {};
    std::vector<std::string> notes = {};
};

/// Adds what the XML beside a `.sig` of an OTB+ file says.
/// @param stream  the .sig's name
/// @param path    how complaints name the recording
/// Throws Error (input) when it is damaged.
void add_otb_plus(std::string_view xml, const std::string& stream, const std::string& path, OtbTracks& into);

/// Adds what a Tracks_NNN.xml or TrapezoidalTracks_NNN.xml of an OTB4 file says. Throws Error (input) when it
/// is damaged.
void add_otb4(std::string_view xml, const std::string& path, OtbTracks& into);

/// The markers of a markers_N.xml, as they stand there; none when it is damaged.
std::vector<RecordingNote> otb_markers(std::string_view xml);

}  // namespace tonus::formats
