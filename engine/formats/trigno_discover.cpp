#include "engine/formats/trigno_discover.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/even_reader.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {
namespace {

constexpr std::string_view kProgram = "Trigno Discover", kTimes = "Time Series (s)";
constexpr std::uint64_t kHeadLines = 64;

using Cells = std::vector<std::string_view>;

/// A channel and the column it stands in.
struct Column {
    std::size_t at = 0;
    Rate rate = {};
    Signal signal = {};
    std::string sensor = {};
    std::uint64_t n_frames = 0;  ///< up to its first empty cell
    bool ended = false;
};

/// What the head says, and where the rows of numbers begin.
struct Export {
    std::vector<Column> columns;
    std::uint64_t data_offset = 0;
    std::uint64_t lines_before = 0;
};

std::string_view cell_at(const Cells& cells, std::size_t at) { return at < cells.size() ? cells[at] : std::string_view{}; }

bool ends_with(std::string_view text, std::string_view end) { return text.size() >= end.size() && text.substr(text.size() - end.size()) == end; }

/// The columns of values, from the row of names, and of sensors above their first.
std::vector<Column> columns_of(const Cells& names, const std::vector<std::string>& sensors) {
    std::vector<Column> columns;
    std::string sensor;
    for (std::size_t i = 0; i + 1 < std::min(names.size(), limits::kColumns); ++i) {
        if (i < sensors.size() && !sensors[i].empty()) sensor = sensors[i];
        if (ends_with(names[i], kTimes)) columns.push_back({.at = i + 1, .signal = signal_of_heading(names[i + 1]), .sensor = sensor});
    }
    return columns;
}

/// Sensors of one kind name their channels alike.
void tell_apart(std::vector<Column>& columns) {
    std::map<std::string, int> n_called;
    for (const Column& column : columns) ++n_called[column.signal.info.label];
    for (Column& column : columns) {
        std::string& label = column.signal.info.label;
        if (n_called[label] > 1 && !column.sensor.empty()) label = clean_text(fmt::format("{} {}", column.sensor, label), limits::kLabelBytes);
    }
}

bool give_rates(const Cells& cells, std::vector<Column>& columns) {
    bool all = !columns.empty();
    for (Column& column : columns) {
        const std::string_view text = cell_at(cells, column.at);
        const std::optional<Rate> rate = ends_with(text, "Hz") ? written_rate(text) : std::nullopt;
        if (rate) column.rate = *rate;
        all = all && rate;
    }
    return all;
}

Export read_head(const RecordingFile& recording) {
    LineReader lines{*recording.file};
    Export head;
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

/// Finds how long each column is. Returns what is wrong, empty when nothing is.
std::string measure(const RecordingFile& recording, Export& head) {
    LineReader lines{*recording.file, head.data_offset, head.lines_before};
    Cells cells;
    LineReader::Got got = lines.next();
    for (; got == LineReader::Got::line; got = lines.next()) {
        split_cells(lines.line(), ',', cells);
        for (Column& column : head.columns) {
            column.ended = column.ended || cell_at(cells, column.at).empty();
            if (!column.ended) ++column.n_frames;
        }
    }
    return got == LineReader::Got::too_long ? fmt::format("line {} is longer than {} bytes; what stands before it was read", lines.line_number() + 1, limits::kLineBytes) : "";
}

/// Every stream reads the file at its own pace: at one time they stand in different rows.
class DiscoverRows final : public FrameSource {
public:
    DiscoverRows(RecordingFile recording, const Export& head, std::vector<std::vector<std::size_t>> columns)
        : recording_(std::move(recording)), columns_(std::move(columns)), data_offset_(head.data_offset), lines_before_(head.lines_before) {}

    void fetch(const PlannedStream& stream, std::uint64_t, std::uint64_t n_frames, FrameBuffer& into) override {
        LineReader& rows = rows_of(stream);
        for (std::uint64_t i = 0; i < n_frames; ++i) {
            if (rows.next() != LineReader::Got::line) throw input_error("truncated: the file was shortened while it was read");
            split_cells(rows.line(), ',', cells_);
            for (const std::size_t signal : stream.signals) {
                into.add(cell_number(cell_at(cells_, columns_[stream.group][signal])).value_or(std::numeric_limits<double>::quiet_NaN()));
            }
        }
    }

private:
    /// A group may be several streams, by kind; each has a place of its own in the file.
    LineReader& rows_of(const PlannedStream& stream) {
        const auto key = std::pair{stream.group, stream.signals.front()};
        return rows_.try_emplace(key, *recording_.file, data_offset_, lines_before_).first->second;
    }

    RecordingFile recording_;
    std::vector<std::vector<std::size_t>> columns_;  // of each group's signals
    std::uint64_t data_offset_, lines_before_;
    std::map<std::pair<std::size_t, std::size_t>, LineReader> rows_;
    Cells cells_;
};

bool recognises(ByteView head) {
    const std::string_view text = head.text();
    return text.substr(0, text.find('\n')).find(kProgram) != std::string_view::npos && text.substr(0, 16).find("Application") != std::string_view::npos;
}

std::unique_ptr<RecordingReader> open_discover(RecordingFile recording, const ReadOptions& options) {
    Export head = read_head(recording);
    EvenRecording even{.facts = {.format = "Trigno Discover CSV"}};
    even.trouble = measure(recording, head);
    std::vector<SignalGroup> groups;
    std::vector<std::vector<std::size_t>> columns;
    std::vector<std::uint64_t> lengths;
    for (const Column& column : head.columns) {
        if (column.n_frames == 0) continue;
        std::size_t g = 0;
        while (g < groups.size() && !(groups[g].rate == column.rate && lengths[g] == column.n_frames)) ++g;
        if (g == groups.size()) {
            groups.push_back({.rate = column.rate});
            columns.emplace_back();
            lengths.push_back(column.n_frames);
        }
        groups[g].signals.push_back(column.signal);
        columns[g].push_back(column.at);
    }
    if (groups.size() > limits::kStreams) throw input_error(fmt::format("{}: {} rates and lengths are more than the {} that are read", recording.path, groups.size(), limits::kStreams));
    if (groups.empty()) throw input_error(recording.path + ": a Trigno Discover export without a single sample");
    even.streams = plan_streams(groups, options, recording.path, even.facts.notes);
    for (const PlannedStream& stream : even.streams) {
        refuse_other_rate(options, stream.info.rate, recording.path);
        even.n_frames.push_back(lengths[stream.group]);
    }
    even.source = std::make_unique<DiscoverRows>(std::move(recording), head, std::move(columns));
    return read_evenly(std::move(even));
}

}  // namespace

const RecordingFormat trigno_discover_format{.name = "Trigno Discover", .extensions = "", .recognises = &recognises, .open = &open_discover};

}  // namespace tonus::formats
