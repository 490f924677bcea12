#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "engine/formats/byte_window.hpp"
#include "engine/formats/recording_reader.hpp"
#include "engine/formats/xdf_clock.hpp"
#include "engine/formats/xdf_stream.hpp"

namespace tonus::formats {

/// Consecutive frames of one chunk. Stamps are the stream's own.
struct XdfRun {
    std::uint64_t at = 0;           ///< of the first frame's stamp byte
    std::uint64_t n_frames = 0;
    double first_s = 0.0;
    double last_s = 0.0;
    std::uint64_t first_index = 0;  ///< the frame's number in its stream, lost ones counted
};

struct XdfTrack {
    XdfStream stream = {};
    std::deque<XdfRun> runs = {};  ///< in the order of time; empty for texts and for samples without a rate
    XdfClock clock = {};
    std::uint64_t n_frames = 0;

    double time_s(double stamp_s) const noexcept { return clock.corrected(stamp_s); }
};

/// What is where in an XDF file, from one pass over it: a cut or damaged file gives all that is whole.
struct XdfIndex {
    std::vector<XdfTrack> tracks;
    double start_s = 0.0;                  ///< corrected stamp of the first frame of any stream
    XdfHead head;                          ///< what the file says of itself
    std::deque<XdfRun> arrivals;           ///< rows of tonus_arrivals, in the order of the file
    std::vector<RecordingNote> markers;    ///< texts, and samples without a rate, from start_s on
    std::vector<std::string> notes;
    std::vector<std::string> damages;
};

/// Reads it. Throws Error (input) only when the disk fails or the file is beyond limits.
XdfIndex read_xdf_index(ByteWindow& bytes);

/// The stamp that a frame at `at` brings along, nothing where it follows the one before at the stream's
/// rate; and where its values begin. Nothing at all where no frame can be.
struct XdfStamp {
    std::optional<double> stamp_s = {};
    std::uint64_t values = 0;
};
std::optional<XdfStamp> read_xdf_stamp(ByteWindow& bytes, std::uint64_t at);

/// One value as a double: all but int64 beyond 2^53 without rounding.
double read_xdf_value(const ByteView& frame, std::size_t at, XdfFormat format) noexcept;

}  // namespace tonus::formats
