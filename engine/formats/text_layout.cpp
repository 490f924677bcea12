#include "engine/formats/text_layout.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

using Cells = std::vector<std::string_view>;

Cells cells_of(std::string_view line, char separator) {
    Cells cells;
    split_cells(line, separator, cells);
    while (!cells.empty() && cells.back().empty()) cells.pop_back();  // a blank trailing column
    return cells;
}

bool is_counter_heading(const std::string& label) {
    static constexpr std::array<std::string_view, 7> names{"sample", "index", "sample index", "sample number",
                                                           "frame",  "nseq",  "packet"};
    return std::find(names.begin(), names.end(), label) != names.end();
}

/// The unit of a heading that names times ("t_s", "Time (s)", "Timestamp (us)"), empty for one
/// without unit; nothing for other headings.
std::optional<std::string_view> time_unit_of(const std::string& label, const std::string& unit) {
    std::string_view name = label;
    std::string_view suffix;
    for (const std::string_view ending : {"_ms", "_us", "_s"}) {
        if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending) {
            suffix = ending.substr(1);
            name.remove_suffix(ending.size());
            break;
        }
    }
    const bool is_time = name == "t" || name == "time" || name == "times" || name.substr(0, 5) == "time " ||
                         name.find("timestamp") != std::string_view::npos;
    if (!is_time) return std::nullopt;
    if (!suffix.empty()) return suffix;
    return seconds_per(unit) ? std::string_view{unit} : std::string_view{};
}

bool is_unit_row(const Cells& cells) {
    const auto is_unit = [](std::string_view cell) {
        return cell.empty() || meaning_of_unit(cell) || seconds_per(cell);
    };
    return !cells.empty() && std::all_of(cells.begin(), cells.end(), is_unit);
}

/// Axes of one sensor share the unit that a table gives to the first of them only.
void share_axis_units(std::vector<TextColumn>& columns) {
    for (std::size_t i = 1; i < columns.size(); ++i) {
        const ChannelInfo& left = columns[i - 1].signal.info;
        ChannelInfo& here = columns[i].signal.info;
        const bool axes = left.label.size() == 2 && here.label.size() == 2 && left.label[0] == here.label[0];
        if (axes && here.unit.empty() && columns[i - 1].signal.kind == columns[i].signal.kind) {
            here.unit = left.unit;
            here.scale = left.scale;
        }
    }
}

void name_columns(const Cells& names, const Cells& units, TextLayout& layout) {
    bool has_time = false;
    for (std::size_t i = 0; i < std::min(names.size(), layout.columns.size()); ++i) {
        TextColumn& column = layout.columns[i];
        column.signal = signal_of_heading(names[i]);
        if (i < units.size()) set_unit(column.signal, units[i]);
        const std::string label = lower(column.signal.info.label);
        const std::string unit = i < units.size() ? std::string{units[i]} : column.signal.info.unit;
        if (const auto time_unit = time_unit_of(label, unit)) {
            column.role = has_time ? ColumnRole::skipped : ColumnRole::time;
            if (!has_time) layout.time_unit_s = seconds_per(*time_unit).value_or(1.0);
            has_time = true;
        } else if (is_counter_heading(label)) {
            column.role = ColumnRole::skipped;
        }
    }
    share_axis_units(layout.columns);
}

void lay_out_table(const TextHead& head, TextLayout& layout) {
    if (head.rows.empty()) return;
    Cells units = cells_of(head.rows.back(), layout.separator);
    const bool has_units = head.rows.size() > 1 && is_unit_row(units);
    if (!has_units) units.clear();
    const Cells names = cells_of(head.rows[head.rows.size() - (has_units ? 2 : 1)], layout.separator);
    if (layout.separator == ' ' && names.size() > layout.columns.size()) {
        add_note(layout.notes, fmt::format("the heading has {} words for {} columns; it is left out", names.size(),
                                           layout.columns.size()));
        return;
    }
    if (names.size() > layout.columns.size()) layout.columns.resize(std::min(names.size(), limits::kColumns));
    name_columns(names, units, layout);
}

/// Vicon's export: "Devices", the rate, the devices, the names, the units.
bool is_vicon(const TextHead& head) {
    return head.rows.size() >= 5 && head.rows[0].compare(0, 8, "Devices,") == 0;
}

void lay_out_vicon(const TextHead& head, TextLayout& layout) {
    layout.format = "Vicon device export";
    layout.blank_line_ends = true;
    const Cells rate = cells_of(head.rows[1], layout.separator);
    if (!rate.empty()) layout.rate = written_rate(rate[0]);
    const Cells names = cells_of(head.rows[3], layout.separator), units = cells_of(head.rows[4], layout.separator);
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const bool counts = i < 2 || i >= names.size();  // Frame, Sub Frame
        if (counts) layout.columns[i].role = ColumnRole::skipped;
        else layout.columns[i].signal.info.label = clean_text(names[i], limits::kLabelBytes);
        if (!counts && i < units.size()) set_unit(layout.columns[i].signal, units[i]);
    }
}

}  // namespace

std::optional<Rate> written_rate(std::string_view text) {
    text = trimmed(text);
    if (text.size() > 2 && lower(text.substr(text.size() - 2)) == "hz") text = trimmed(text.substr(0, text.size() - 2));
    const std::optional<double> hz = cell_number(text);
    if (!hz || !(*hz >= 1e-6 && *hz <= 1e6)) return std::nullopt;
    return rate_from_hz(*hz);
}

TextLayout read_text_layout(const RecordingFile& recording) {
    const TextHead head = read_text_head(recording);
    TextLayout layout;
    layout.separator = head.separator;
    layout.data_offset = head.data_offset;
    layout.lines_before = head.lines_before;
    const std::size_t n_columns = cells_of(head.first_data, head.separator).size();
    if (n_columns > limits::kColumns) {
        throw input_error(fmt::format("{}: line {} has {} columns, more than the {} that are read; is this a table with a "
                                      "row per sample?", recording.path, head.lines_before + 1, n_columns, limits::kColumns));
    }
    layout.columns.resize(n_columns);
    if (is_opensignals(head)) lay_out_opensignals(head, layout, recording.path);
    else if (is_simple_text(head)) lay_out_simple_text(head, layout);
    else if (is_openbci(head)) lay_out_openbci(head, layout);
    else if (is_vicon(head)) lay_out_vicon(head, layout);
    else lay_out_table(head, layout);
    if (is_consensys(head)) name_consensys(head, layout);
    find_times(recording, layout);
    return layout;
}

}  // namespace tonus::formats
