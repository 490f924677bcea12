#include "engine/formats/mapped_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"

namespace tonus::formats {
namespace {

using Labels = std::vector<std::string>;

/// The lines that the map points at.
struct Lines {
    std::string headings;
    std::string first_row;
    std::uint64_t data_offset = 0;
    std::uint64_t lines_before = 0;
};

Lines lines_of(const RecordingFile& recording, const CsvMap& map) {
    const std::uint64_t data_line = map.data_line > 0 ? map.data_line : map.heading_line + 1;
    LineReader reader{*recording.file};
    Lines lines;
    for (;;) {
        lines.data_offset = reader.offset();
        lines.lines_before = reader.line_number();
        const LineReader::Got got = reader.next();
        if (got == LineReader::Got::too_long) {
            throw input_error(fmt::format("{}: line {} is longer than {} bytes; is this a table of numbers?", recording.path,
                                          reader.line_number(), limits::kLineBytes));
        }
        if (got == LineReader::Got::end) {
            throw usage_error(fmt::format("{}: the numbers should begin in line {}, but it has {} lines; correct data_line in [source.csv]",
                                          recording.path, data_line, reader.line_number()));
        }
        if (reader.line_number() == map.heading_line) lines.headings = reader.line();
        if (reader.line_number() < data_line || trimmed(reader.line()).empty()) continue;
        lines.first_row = reader.line();
        return lines;
    }
}

char delimiter_of(const CsvMap& map, const std::string& row) {
    if (map.delimiter) return *map.delimiter;
    const char found = separator_of(row);
    return found == ',' && map.decimal_comma ? ' ' : found;
}

Labels headings_of(const std::string& line, char delimiter, std::size_t n_columns) {
    std::vector<std::string_view> cells;
    if (!line.empty()) split_cells(line, delimiter, cells);
    Labels headings(n_columns);
    for (std::size_t i = 0; i < std::min(n_columns, cells.size()); ++i) headings[i] = clean_text(cells[i], limits::kLabelBytes);
    return headings;
}

/// A column by its heading or its number.
std::size_t find_column(const Labels& headings, const std::string& wanted, const std::string& path, std::uint64_t row) {
    const std::optional<std::size_t> at = find_label(headings, wanted);
    if (!at) {
        const bool any = std::any_of(headings.begin(), headings.end(), [](const std::string& heading) { return !heading.empty(); });
        throw usage_error(fmt::format("{}: [source.csv] asks for column '{}', but line {} has {}", path, wanted, row,
                                      any ? "the columns " + label_listing(headings)
                                          : fmt::format("{} columns, and heading_line names none; write a number", headings.size())));
    }
    const auto twin = std::find(headings.begin() + static_cast<std::ptrdiff_t>(*at) + 1, headings.end(), headings[*at]);
    if (headings[*at] == wanted && twin != headings.end()) {
        throw usage_error(fmt::format("{}: '{}' stands over columns {} and {}; write the number of the one that is meant", path, wanted, *at + 1,
                                      twin - headings.begin() + 1));
    }
    return *at;
}

/// What the map says goes before what the heading says.
Signal signal_of(const CsvColumn& column, const std::string& heading) {
    const Signal headed = signal_of_heading(heading);
    Signal signal;
    signal.info.label = column.name.empty() ? headed.info.label : clean_text(column.name, limits::kLabelBytes);
    signal.info.scale = column.scale;
    signal.info.offset = column.offset;
    signal.kind = column.kind ? column.kind : kind_of_label(heading);
    if (!column.unit.empty()) {
        set_unit(signal, column.unit);
        return signal;
    }
    signal.info.unit = headed.info.unit;
    signal.info.scale *= headed.info.scale;
    signal.info.offset *= headed.info.scale;
    if (!signal.kind) signal.kind = headed.kind;
    return signal;
}

/// The first row shows whether lines, delimiter and decimal mark are right.
void check_row(const TextLayout& layout, const std::string& row, const Labels& headings, const std::string& path) {
    std::vector<std::string_view> cells;
    split_cells(row, layout.separator, cells);
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        if (layout.columns[i].role == ColumnRole::skipped || number_in(layout, cells[i])) continue;
        const bool comma = !layout.decimal_comma && has_decimal_comma(cells[i]);
        throw usage_error(fmt::format("{}: line {}, column {}{}: '{}' is no number; {}", path, layout.lines_before + 1, i + 1,
                                      headings[i].empty() ? "" : fmt::format(" ({})", headings[i]), clean_text(cells[i], limits::kLabelBytes),
                                      comma ? "write decimal = \",\" in [source.csv]"
                                            : "correct data_line, delimiter or decimal in [source.csv], or leave the column out"));
    }
}

}  // namespace

TextLayout read_mapped_layout(const RecordingFile& recording, const CsvMap& map) {
    const Lines lines = lines_of(recording, map);
    TextLayout layout;
    layout.format = "CSV by the session file";
    layout.separator = delimiter_of(map, lines.first_row);
    layout.decimal_comma = map.decimal_comma;
    layout.data_offset = lines.data_offset;
    layout.lines_before = lines.lines_before;
    layout.time_unit_s = map.time_unit_s;

    std::vector<std::string_view> cells;
    split_cells(lines.first_row, layout.separator, cells);
    if (cells.size() > limits::kColumns) {
        throw usage_error(fmt::format("{}: line {} has {} columns, more than the {} that are read", recording.path, lines.lines_before + 1,
                                      cells.size(), limits::kColumns));
    }
    Labels headings = headings_of(lines.headings, layout.separator, cells.size());
    while (!cells.empty() && cells.back().empty() && headings[cells.size() - 1].empty()) cells.pop_back();  // a blank trailing column
    headings.resize(cells.size());
    const auto column_of = [&](const std::string& wanted) -> TextColumn& {
        return layout.columns[find_column(headings, wanted, recording.path, map.heading_line > 0 ? map.heading_line : lines.lines_before + 1)];
    };
    layout.columns.assign(cells.size(), TextColumn{.role = map.columns.empty() ? ColumnRole::signal : ColumnRole::skipped});
    for (std::size_t i = 0; i < cells.size() && map.columns.empty(); ++i) layout.columns[i].signal = signal_of_heading(headings[i]);
    if (!map.time.empty()) column_of(map.time).role = ColumnRole::time;
    for (const CsvColumn& column : map.columns) {
        TextColumn& into = column_of(column.input);
        if (into.role != ColumnRole::skipped) throw usage_error(fmt::format("{}: [source.csv] names column '{}' twice", recording.path, column.input));
        into = {.role = ColumnRole::signal, .signal = signal_of(column, headings[static_cast<std::size_t>(&into - layout.columns.data())])};
    }
    check_row(layout, lines.first_row, headings, recording.path);
    if (!map.time.empty()) find_times(recording, layout);
    return layout;
}

}  // namespace tonus::formats
