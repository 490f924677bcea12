#include "engine/formats/emgworks_csv.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"
#include "engine/formats/paired_columns.hpp"

namespace tonus::formats {
namespace {

using Cells = std::vector<std::string_view>;

constexpr std::string_view kLabel = "Label: ", kFrequency = "Sampling frequency:";

/// "X[s]", with quotes and spaces as exports have them.
bool is_time(std::string_view cell) {
    cell = trimmed(cell);
    return cell == "X[s]" || cell == "X [s]";
}

bool is_heading(std::string_view line, char separator) {
    Cells cells;
    split_cells(line, separator, cells);
    return cells.size() > 1 && is_time(cells[0]);
}

/// The line of headings is known by its first cell.
std::optional<char> heading_separator(std::string_view line) {
    if (line.substr(0, 16).find("X") == std::string_view::npos) return std::nullopt;
    for (const char separator : {',', ';', '\t'}) {
        if (is_heading(line, separator)) return separator;
    }
    return std::nullopt;
}

/// "Sampling frequency: 1925.926" of a line about a channel.
std::optional<double> frequency_of(std::string_view line) {
    const std::size_t at = line.find(kFrequency);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view text = trimmed(line.substr(at + kFrequency.size()));
    const std::string_view number = text.substr(0, text.find_first_of(" \t,;"));
    const std::optional<double> hz = cell_number(number);
    return hz && *hz >= 1e-3 && *hz <= 1e6 ? hz : std::nullopt;
}

/// The sensor stands before the channel: "Trigno IM sensor 1: EMG 1[V]".
PairedColumn column_of(std::string_view heading, std::size_t at, std::size_t time_at) {
    const std::size_t colon = heading.rfind(": ");
    PairedColumn column{.at = at, .time_at = time_at};
    column.signal = signal_of_heading(colon == std::string_view::npos ? heading : heading.substr(colon + 2));
    if (colon != std::string_view::npos) column.sensor = clean_text(heading.substr(0, colon), limits::kLabelBytes);
    return column;
}

std::vector<PairedColumn> columns_of(const Cells& headings) {
    std::vector<PairedColumn> columns;
    std::size_t time_at = 0;
    for (std::size_t i = 0; i < std::min(headings.size(), limits::kColumns); ++i) {
        if (is_time(headings[i])) time_at = i;
        else if (!headings[i].empty()) columns.push_back(column_of(headings[i], i, time_at));
    }
    tell_apart(columns);
    return columns;
}

PairedTable read_head(const RecordingFile& recording) {
    LineReader lines{*recording.file};
    PairedTable table{.format = "Delsys EMGworks CSV"};
    std::vector<double> rates;
    Cells cells;
    std::size_t n_bytes = 0;
    for (std::uint64_t begin = 0; lines.next() == LineReader::Got::line && n_bytes < limits::kHeadBytes; begin = lines.offset()) {
        n_bytes += lines.line().size();
        if (table.columns.empty()) {
            if (const std::optional<double> hz = frequency_of(lines.line()); hz && rates.size() < limits::kColumns) rates.push_back(*hz);
            if (const std::optional<char> separator = heading_separator(lines.line())) {
                table.separator = *separator;
                split_cells(lines.line(), table.separator, cells);
                table.columns = columns_of(cells);
            }
            continue;
        }
        if (!is_data_line(lines.line(), table.separator)) continue;
        split_cells(lines.line(), table.separator, cells);
        table.decimal_comma = table.separator != ',' && std::any_of(cells.begin(), cells.end(), has_decimal_comma);
        table.data_offset = begin;
        table.lines_before = lines.line_number() - 1;
        // Without one line for each channel it cannot be said which is whose.
        for (std::size_t i = 0; i < table.columns.size() && rates.size() == table.columns.size(); ++i) table.columns[i].rate = rate_from_hz(rates[i]);
        return table;
    }
    throw input_error(fmt::format("{}: an EMGworks export, but after {} lines there is no 'X[s]' with numbers below; export it again", recording.path, lines.line_number()));
}

bool recognises(ByteView head) {
    std::string_view text = head.text();
    if (text.substr(0, kLabel.size()) == kLabel && text.find(kFrequency) != std::string_view::npos) return true;
    for (; !text.empty(); text.remove_prefix(std::min(text.size(), text.find('\n') + 1))) {
        if (heading_separator(text.substr(0, text.find('\n')))) return true;
        if (text.find('\n') == std::string_view::npos) break;
    }
    return false;
}

std::unique_ptr<RecordingReader> open_export(RecordingFile recording, const ReadOptions& options) {
    PairedTable table = read_head(recording);
    return read_pairs(std::move(recording), std::move(table), options);
}

}  // namespace

const RecordingFormat emgworks_csv_format{.name = "EMGworks CSV", .extensions = "", .recognises = &recognises, .open = &open_export};

}  // namespace tonus::formats
