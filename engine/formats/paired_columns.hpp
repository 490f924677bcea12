#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/recording_format.hpp"
#include "engine/formats/signal.hpp"

namespace tonus::formats {

/// A channel of a table of pairs, times and values side by side, and the column its values stand in.
struct PairedColumn {
    std::size_t at = 0;
    std::size_t time_at = 0;
    Rate rate = {};              ///< num 0: to be taken from the times
    Signal signal = {};
    std::string sensor = {};
    std::uint64_t n_frames = 0;  ///< up to its first empty cell
    bool ended = false;
    double first_s = 0.0, last_s = 0.0;
};

/// What the head of such a table says, and where its rows of numbers begin.
struct PairedTable {
    std::string format = {};
    char separator = ',';
    bool decimal_comma = false;
    std::vector<PairedColumn> columns = {};
    std::uint64_t data_offset = 0;
    std::uint64_t lines_before = 0;
};

/// Sensors of one kind name their channels alike: those get the sensor's name in front.
void tell_apart(std::vector<PairedColumn>& columns);

/// Reads a table in which each pair has a rate and a length of its own. Channels of one rate and length are a
/// stream. Throws Error (input) for a table without a sample, Error (usage) as plan_streams() does.
std::unique_ptr<RecordingReader> read_pairs(RecordingFile recording, PairedTable table, const ReadOptions& options);

}  // namespace tonus::formats
