#include "engine/formats/paired_columns.hpp"

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

namespace tonus::formats {
namespace {

using Cells = std::vector<std::string_view>;

constexpr double kTrignoFrameS = 0.0135;

std::string_view cell_at(const Cells& cells, std::size_t at) { return at < cells.size() ? cells[at] : std::string_view{}; }

double number_in(const PairedTable& table, std::string_view cell) {
    return (table.decimal_comma ? comma_number(cell) : cell_number(cell)).value_or(std::numeric_limits<double>::quiet_NaN());
}

/// Finds how long each column is, and from when to when. Returns what is wrong, empty when nothing is.
std::string measure(const RecordingFile& recording, PairedTable& table) {
    LineReader lines{*recording.file, table.data_offset, table.lines_before};
    Cells cells;
    LineReader::Got got = lines.next();
    for (; got == LineReader::Got::line; got = lines.next()) {
        split_cells(lines.line(), table.separator, cells);
        for (PairedColumn& column : table.columns) {
            column.ended = column.ended || cell_at(cells, column.at).empty();
            if (column.ended) continue;
            if (column.rate.num == 0) column.last_s = number_in(table, cell_at(cells, column.time_at));
            if (column.n_frames++ == 0) column.first_s = column.last_s;
        }
    }
    return got == LineReader::Got::too_long ? fmt::format("line {} is longer than {} bytes; what stands before it was read", lines.line_number() + 1, limits::kLineBytes) : "";
}

/// The rate that the times show. They are rounded: the nearest that is a whole number of Hz, or of samples in a
/// frame of the Trigno, is taken where the times allow it.
Rate rate_of_times(const PairedColumn& column, const std::string& path) {
    const auto n_steps = static_cast<double>(column.n_frames) - 1.0;
    const double hz = n_steps / (column.last_s - column.first_s);
    if (!(hz >= 1e-3 && hz <= 1e6)) {
        throw input_error(fmt::format("{}: the times of '{}' do not rise from {} to {} s; export the recording again", path, column.signal.info.label, column.first_s, column.last_s));
    }
    const double whole = std::round(hz), framed = std::round(hz * kTrignoFrameS) / kTrignoFrameS;
    const double nearest = whole >= 1.0 && std::abs(whole - hz) <= std::abs(framed - hz) ? whole : framed;
    return rate_from_hz(nearest > 0.0 && std::abs(nearest - hz) <= 0.5 * hz / n_steps ? nearest : hz);
}

/// Every stream reads the file at its own pace: at one time they stand in different rows.
class PairedRows final : public FrameSource {
public:
    PairedRows(RecordingFile recording, PairedTable table, std::vector<std::vector<std::size_t>> columns)
        : recording_(std::move(recording)), table_(std::move(table)), columns_(std::move(columns)) {}

    void fetch(const PlannedStream& stream, std::uint64_t, std::uint64_t n_frames, FrameBuffer& into) override {
        LineReader& rows = rows_of(stream);
        for (std::uint64_t i = 0; i < n_frames; ++i) {
            if (rows.next() != LineReader::Got::line) throw input_error("truncated: the file was shortened while it was read");
            split_cells(rows.line(), table_.separator, cells_);
            for (const std::size_t signal : stream.signals) into.add(number_in(table_, cell_at(cells_, columns_[stream.group][signal])));
        }
    }

private:
    /// A group may be several streams, by kind; each has a place of its own in the file.
    LineReader& rows_of(const PlannedStream& stream) {
        const auto key = std::pair{stream.group, stream.signals.front()};
        return rows_.try_emplace(key, *recording_.file, table_.data_offset, table_.lines_before).first->second;
    }

    RecordingFile recording_;
    PairedTable table_;
    std::vector<std::vector<std::size_t>> columns_;  // of each group's signals
    std::map<std::pair<std::size_t, std::size_t>, LineReader> rows_;
    Cells cells_;
};

}  // namespace

void tell_apart(std::vector<PairedColumn>& columns) {
    std::map<std::string, int> n_called;
    for (const PairedColumn& column : columns) ++n_called[column.signal.info.label];
    for (PairedColumn& column : columns) {
        std::string& label = column.signal.info.label;
        if (n_called[label] > 1 && !column.sensor.empty()) label = clean_text(fmt::format("{} {}", column.sensor, label), limits::kLabelBytes);
    }
}

std::unique_ptr<RecordingReader> read_pairs(RecordingFile recording, PairedTable table, const ReadOptions& options) {
    EvenRecording even{.facts = {.format = table.format}};
    even.trouble = measure(recording, table);
    std::vector<SignalGroup> groups;
    std::vector<std::vector<std::size_t>> columns;
    std::vector<std::uint64_t> lengths;
    for (PairedColumn& column : table.columns) {
        if (column.n_frames == 0) continue;
        if (column.rate.num == 0) column.rate = column.n_frames > 1 ? rate_of_times(column, recording.path) : rate_from_options(options, recording.path, "a column of one sample");
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
    if (groups.empty()) throw input_error(fmt::format("{}: {} without a single sample", recording.path, table.format));
    even.streams = plan_streams(groups, options, recording.path, even.facts.notes);
    for (const PlannedStream& stream : even.streams) {
        refuse_other_rate(options, stream.info.rate, recording.path);
        even.n_frames.push_back(lengths[stream.group]);
    }
    even.source = std::make_unique<PairedRows>(std::move(recording), std::move(table), std::move(columns));
    return read_evenly(std::move(even));
}

}  // namespace tonus::formats
