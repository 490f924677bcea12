#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/formats/cells.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {
namespace {

std::vector<double> first_values(const RecordingFile& recording, const TextLayout& layout, std::size_t column) {
    std::vector<double> values;
    std::vector<std::string_view> cells;
    LineReader lines{*recording.file, layout.data_offset, layout.lines_before};
    while (values.size() < limits::kProbeRows && lines.next() == LineReader::Got::line) {
        split_cells(lines.line(), layout.separator, cells);
        if (column >= cells.size() || cells[column].empty()) continue;
        const std::optional<double> value = cell_number(cells[column]);
        if (value && std::isfinite(*value)) values.push_back(*value * layout.time_unit_s);
    }
    return values;
}

/// The step of rising times; nothing when they do not rise.
///
/// With no row missing the mean is right even where the times are rounded so coarsely that single
/// steps are wrong; with rows missing the median is.
std::optional<double> step_of(const std::vector<double>& times) {
    if (times.size() < 3) return std::nullopt;
    std::vector<double> steps;
    for (std::size_t i = 1; i < times.size(); ++i) steps.push_back(times[i] - times[i - 1]);
    std::sort(steps.begin(), steps.end());
    const double median = steps[steps.size() / 2];
    if (!(median > 0.0)) return std::nullopt;
    if (steps.front() < 0.5 * median || steps.back() > 1.5 * median) return median;
    return (times.back() - times.front()) / static_cast<double>(steps.size());
}

/// How far the times are rounded: the largest deviation from an even row; 0 where rows are missing.
double error_of(const std::vector<double>& times, double step) {
    double error = 0.0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        error = std::max(error, std::abs(times[i] - times.front() - static_cast<double>(i) * step));
    }
    return error < 4.0 * step ? error : 0.0;
}

bool is_constant_step(const std::vector<double>& times, double step) {
    for (std::size_t i = 1; i < times.size(); ++i) {
        if (std::abs(times[i] - times[i - 1] - step) > 0.02 * step) return false;
    }
    return true;
}

}  // namespace

void find_times(const RecordingFile& recording, TextLayout& layout) {
    std::size_t at = 0;
    while (at < layout.columns.size() && layout.columns[at].role != ColumnRole::time) ++at;
    const bool named = at < layout.columns.size();
    if (!named) {
        // Without a name only a first column that rises evenly can be times.
        const bool open = layout.columns.size() > 1 && layout.columns[0].role == ColumnRole::signal &&
                          layout.columns[0].signal.info.label.empty();
        if (!open) return;
        at = 0;
    }
    const std::vector<double> times = first_values(recording, layout, at);
    const std::optional<double> step = step_of(times);
    if (!named) {
        if (!step || !is_constant_step(times, *step)) return;
        layout.columns[0].role = ColumnRole::skipped;
        if (*step >= 1.0) {
            add_note(layout.notes, fmt::format("the first column rises by {:g} a row and is taken for a row number", *step));
            return;
        }
        layout.columns[0].role = ColumnRole::time;
    }
    if (!step) {
        add_note(layout.notes, "the times do not rise from row to row; they are not used");
        layout.columns[at].role = ColumnRole::skipped;
        return;
    }
    layout.time_step_s = *step;
    layout.time_error_s = error_of(times, *step);
}

}  // namespace tonus::formats
