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
        const std::optional<double> value = number_in(layout, cells[column]);
        if (value && std::isfinite(*value)) values.push_back(*value * layout.time_unit_s);
    }
    return values;
}

/// How far the times are off an even row of steps at most; 0 where they leave it altogether.
double error_of(const std::vector<double>& times, double step) {
    double error = 0.0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        error = std::max(error, std::abs(times[i] - times.front() - static_cast<double>(i) * step));
    }
    return error < 4.0 * step ? error : 0.0;
}

struct Steps {
    double step = 0.0;
    double error = 0.0;  ///< how far single times are off an even row of steps
};

/// The power of ten that all steps are multiples of, 0 when there is none: what times are rounded to.
double resolution_of(const std::vector<double>& times, const std::vector<double>& steps) {
    const double slack = 1e-9 + 1e-15 * std::abs(times.back());  // of doubles, for clock times
    for (const double q : {1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6}) {
        const bool all = std::all_of(steps.begin(), steps.end(), [q, slack](double step) {
            return std::abs(step - q * std::round(step / q)) < slack;
        });
        if (all) return q;
    }
    return 0.0;
}

/// The step of times written so coarsely that single steps are wrong ("%.3f" at 1500 Hz stands still
/// and leaps): their mean, if it explains every time but those after a hole. A few long steps are
/// rather holes in a row of even ones; steps of nothing, or many long ones, are rounding.
std::optional<Steps> rounded_steps(const std::vector<double>& times, const std::vector<double>& steps, double median) {
    const double q = resolution_of(times, steps);
    if (q == 0.0) return std::nullopt;
    std::vector<double> elapsed{0.0};
    std::size_t n_odd = 0;
    bool stands_still = false;
    for (const double step : steps) {
        if (step < -0.5 * q) return std::nullopt;
        if (step > median + 1.5 * q) continue;  // a hole, however rounded
        elapsed.push_back(elapsed.back() + step);
        n_odd += std::abs(step - median) > 0.5 * q ? 1u : 0u;
        stands_still |= step < 0.5 * q;
    }
    const auto n_kept = static_cast<double>(elapsed.size() - 1);
    const double mean = n_kept == 0.0 ? 0.0 : elapsed.back() / n_kept;
    if (!(mean > 0.0) || (!stands_still && n_odd < 8)) return std::nullopt;
    const double allowed = 1.01 * q * (1.0 + static_cast<double>(steps.size()) - n_kept);
    for (std::size_t i = 0; i < elapsed.size(); ++i) {
        if (std::abs(elapsed[i] - static_cast<double>(i) * mean) > allowed) return std::nullopt;
    }
    return Steps{mean, 0.505 * q};
}

/// The step of rising times; nothing when they do not rise.
///
/// With no row missing the mean is right even where the times jitter; with rows missing it is the
/// mean of the steps like the median, and only steps off by half of it are holes.
std::optional<Steps> steps_of(const std::vector<double>& times) {
    if (times.size() < 3) return std::nullopt;
    std::vector<double> steps;
    for (std::size_t i = 1; i < times.size(); ++i) steps.push_back(times[i] - times[i - 1]);
    std::vector<double> sorted = steps;
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted[sorted.size() / 2];
    if (median > 0.0 && sorted.front() >= 0.5 * median && sorted.back() <= 1.5 * median) {
        const double mean = (times.back() - times.front()) / static_cast<double>(steps.size());
        return Steps{mean, error_of(times, mean)};
    }
    if (const std::optional<Steps> rounded = rounded_steps(times, steps, median)) return rounded;
    if (!(median > 0.0)) return std::nullopt;
    double sum = 0.0, n = 0.0;
    for (const double step : steps) {
        if (std::abs(step - median) > 0.5 * median) continue;
        sum += step;
        n += 1.0;
    }
    return Steps{sum / n, 0.0};
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
    const std::optional<Steps> steps = steps_of(times);
    if (!named) {
        if (!steps || !is_constant_step(times, steps->step)) return;
        layout.columns[0].role = ColumnRole::skipped;
        if (steps->step >= 1.0) {
            add_note(layout.notes, fmt::format("the first column rises by {:g} a row and is taken for a row number", steps->step));
            return;
        }
        layout.columns[0].role = ColumnRole::time;
    }
    if (!steps) {
        add_note(layout.notes, "the times do not rise from row to row; they are not used");
        layout.columns[at].role = ColumnRole::skipped;
        return;
    }
    layout.time_step_s = steps->step;
    layout.time_error_s = steps->error;
}

}  // namespace tonus::formats
