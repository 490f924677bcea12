#include <algorithm>

#include <fmt/format.h>

#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {
namespace {

constexpr std::size_t kViconHeadRows = 5;

bool is_comment(std::string_view line) noexcept { return line.front() == '#' || line.front() == '%'; }

bool starts_with(std::string_view text, std::string_view start) noexcept {
    return text.substr(0, start.size()) == start;
}

/// Some exports tell the separator in a line of its own: "sep=;".
bool is_separator_line(std::string_view line) noexcept {
    return starts_with(line, "sep=") || starts_with(line, "\"sep=");
}

void refuse_decimal_comma(const TextHead& head, const std::string& path) {
    std::vector<std::string_view> cells;
    split_cells(head.first_data, head.separator == ',' ? ' ' : head.separator, cells);
    const auto comma = std::find_if(cells.begin(), cells.end(), has_decimal_comma);
    if (comma == cells.end()) return;
    // In a file separated by commas, "1,2" among spaces is two cells, unless all cells look so.
    const bool all = std::all_of(cells.begin(), cells.end(), [](std::string_view cell) {
        return has_decimal_comma(cell) || cell_number(cell);
    });
    if (head.separator == ',' && (!all || cells.size() < 2)) return;
    throw input_error(fmt::format("{}: line {}: '{}' has a decimal comma; export the file with a decimal point, or say decimal = \",\" in [source.csv] of a session file", path,
                                  head.lines_before + 1, clean_text(*comma, limits::kLabelBytes)));
}

}  // namespace

TextHead read_text_head(const RecordingFile& recording) {
    TextHead head;
    LineReader lines{*recording.file};
    std::size_t n_bytes = 0;
    bool vicon = false;
    for (;;) {
        head.data_offset = lines.offset();
        head.lines_before = lines.line_number();
        const LineReader::Got got = lines.next();
        if (got == LineReader::Got::too_long) {
            throw input_error(fmt::format("{}: line {} is longer than {} bytes; is this a table of numbers?", recording.path,
                                          lines.line_number(), limits::kLineBytes));
        }
        if (got == LineReader::Got::end || n_bytes > limits::kHeadBytes) {
            throw input_error(fmt::format("{}: no line of numbers in {} line{}; a table has one row per sample", recording.path,
                                          lines.line_number(), lines.line_number() == 1 ? "" : "s"));
        }
        const std::string_view line = trimmed(lines.line());
        n_bytes += lines.line().size();
        if (line.empty() || is_separator_line(line)) continue;
        if (is_comment(line)) {
            head.comments.emplace_back(line);
            continue;
        }
        if (head.rows.empty() && head.comments.empty() && starts_with(line, "Devices,")) vicon = true;
        head.separator = separator_of(line);
        const bool in_vicon_head = vicon && head.rows.size() < kViconHeadRows;
        if (!in_vicon_head && is_data_line(line, head.separator)) {
            head.first_data = lines.line();
            refuse_decimal_comma(head, recording.path);
            return head;
        }
        head.rows.emplace_back(lines.line());
    }
}

}  // namespace tonus::formats
