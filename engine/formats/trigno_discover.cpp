#include "engine/formats/trigno_discover.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"
#include "engine/formats/paired_columns.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {
namespace {

constexpr std::string_view kProgram = "Trigno Discover", kTimes = "Time Series (s)";
constexpr std::uint64_t kHeadLines = 64;

using Cells = std::vector<std::string_view>;

std::string_view cell_at(const Cells& cells, std::size_t at) { return at < cells.size() ? cells[at] : std::string_view{}; }

bool ends_with(std::string_view text, std::string_view end) { return text.size() >= end.size() && text.substr(text.size() - end.size()) == end; }

/// The columns of values, from the row of names, and of sensors above their first.
std::vector<PairedColumn> columns_of(const Cells& names, const std::vector<std::string>& sensors) {
    std::vector<PairedColumn> columns;
    std::string sensor;
    for (std::size_t i = 0; i + 1 < std::min(names.size(), limits::kColumns); ++i) {
        if (i < sensors.size() && !sensors[i].empty()) sensor = sensors[i];
        if (ends_with(names[i], kTimes)) columns.push_back({.at = i + 1, .signal = signal_of_heading(names[i + 1]), .sensor = sensor});
    }
    return columns;
}

bool give_rates(const Cells& cells, std::vector<PairedColumn>& columns) {
    bool all = !columns.empty();
    for (PairedColumn& column : columns) {
        const std::string_view text = cell_at(cells, column.at);
        const std::optional<Rate> rate = ends_with(text, "Hz") ? written_rate(text) : std::nullopt;
        if (rate) column.rate = *rate;
        all = all && rate;
    }
    return all;
}

PairedTable read_head(const RecordingFile& recording) {
    LineReader lines{*recording.file};
    PairedTable head{.format = "Trigno Discover CSV"};
    Cells cells;
    std::vector<std::string> sensors;
    bool has_rates = false;
    for (std::uint64_t begin = 0; lines.line_number() < kHeadLines && lines.next() == LineReader::Got::line; begin = lines.offset()) {
        split_cells(lines.line(), ',', cells);
        if (head.columns.empty()) {
            const bool names = std::any_of(cells.begin(), cells.end(), [](std::string_view cell) { return ends_with(cell, kTimes); });
            if (names) head.columns = columns_of(cells, sensors);
            // The last row above the names that is not the modes is the sensors'.
            else if (lines.line().find("sensor mode") == std::string_view::npos) sensors.assign(cells.begin(), cells.end());
            continue;
        }
        if (!has_rates) {
            has_rates = give_rates(cells, head.columns);
            continue;
        }
        if (!cell_number(cell_at(cells, 0)) || cell_at(cells, 0).empty()) continue;  // the periods
        head.data_offset = begin;
        head.lines_before = lines.line_number() - 1;
        tell_apart(head.columns);
        return head;
    }
    throw input_error(fmt::format("{}: a Trigno Discover export, but names, rates and numbers are not all there in its first {} lines; export it again", recording.path,
                                  lines.line_number()));
}

bool recognises(ByteView head) {
    const std::string_view text = head.text();
    return text.substr(0, text.find('\n')).find(kProgram) != std::string_view::npos && text.substr(0, 16).find("Application") != std::string_view::npos;
}

std::unique_ptr<RecordingReader> open_discover(RecordingFile recording, const ReadOptions& options) {
    PairedTable table = read_head(recording);
    return read_pairs(std::move(recording), std::move(table), options);
}

}  // namespace

const RecordingFormat trigno_discover_format{.name = "Trigno Discover", .extensions = "", .recognises = &recognises, .open = &open_discover};

}  // namespace tonus::formats
