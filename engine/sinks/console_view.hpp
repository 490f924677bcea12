#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/sinks/sink.hpp"

namespace tonus {

/// A row that outlives the call it came in.
struct KeptRow {
    ResultRow row;
    std::vector<ChannelResult> channels;

    void keep(const ResultRow& from);
};

/// What the console shows beside the row.
struct ConsoleState {
    double age_s = 0.0;            ///< of the newest row
    std::uint64_t n_frames_lost = 0;
    std::uint64_t n_gaps = 0;
    std::uint64_t n_missed = 0;    ///< rows this view was too slow for
    double over_since_s = 0.0;     ///< when the flag rose
    std::string marker = {};       ///< the last of a recording; empty: none yet
    std::string recording = {};    ///< how the recording of this run fares; empty: there is none
    std::size_t width = 80;        ///< columns of the terminal
    bool colour = true;
};

/// Older than this, a picture would look alive and not be: it is shown as unknown.
inline constexpr double kStaleAgeS = 0.5;

/// The picture of one moment, lines ending in '\n': a bar per muscle, both groups against the
/// limit, the flag with its reason, age of the data, losses.
std::string console_picture(const SessionInfo& session, const KeptRow& row, const ConsoleState& state);

/// The same in one line, for logs and pipes, without the line end.
std::string console_line(const KeptRow& row, const ConsoleState& state);

/// How the confidence of a group reads (domain 1.4): good, fair, low, not available.
std::string_view confidence_word(float confidence) noexcept;

}  // namespace tonus
