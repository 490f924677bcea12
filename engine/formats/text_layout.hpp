#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/rate.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/recording_format.hpp"
#include "engine/formats/signal.hpp"

namespace tonus::formats {

/// What stands before the first line of numbers.
struct TextHead {
    std::vector<std::string> comments;  ///< lines that begin with '#' or '%', whole
    std::vector<std::string> rows;      ///< other lines that are no data: headings, units
    std::string first_data;             ///< the first line of numbers
    char separator = ' ';
    std::uint64_t data_offset = 0;      ///< of first_data
    std::uint64_t lines_before = 0;
};

/// Reads the head. Throws Error (input) when no numbers follow, or they have decimal commas.
TextHead read_text_head(const RecordingFile& recording);

enum class ColumnRole {
    signal,
    time,     ///< seconds after scaling by TextLayout::time_unit_s
    counter,  ///< of the device, modulo TextLayout::counter_modulus
    skipped,
};

struct TextColumn {
    ColumnRole role = ColumnRole::signal;
    Signal signal = {};
};

/// What each column of a text file is, and what its head says.
struct TextLayout {
    std::string format = "text table";
    char separator = ' ';
    bool decimal_comma = false;
    std::uint64_t data_offset = 0;
    std::uint64_t lines_before = 0;
    std::vector<TextColumn> columns;
    std::optional<Rate> rate;              ///< as the head states it
    std::optional<double> time_step_s;     ///< as the time column shows it
    double time_error_s = 0.0;             ///< how far single times are off an even row of steps
    double time_unit_s = 1.0;
    std::uint64_t counter_modulus = 0;     ///< 0: it counts on
    bool blank_line_ends = false;          ///< another table may follow
    std::string start;
    std::vector<std::string> notes;
};

/// A cell of the table as a number, nothing for what is none.
inline std::optional<double> number_in(const TextLayout& layout, std::string_view cell) noexcept {
    return layout.decimal_comma ? comma_number(cell) : cell_number(cell);
}

/// Finds out what a text file is. Throws Error (input) with the line where it is not understood.
TextLayout read_text_layout(const RecordingFile& recording);

/// A rate as a head writes it ("1000.00", "250.0 Hz"), nothing for what is none.
std::optional<Rate> written_rate(std::string_view text);

// The layouts that have a head of their own. Each gives names, kinds and units to `layout`, whose
// columns are there and empty.
bool is_opensignals(const TextHead& head);
void lay_out_opensignals(const TextHead& head, TextLayout& layout, const std::string& path);
bool is_simple_text(const TextHead& head);
void lay_out_simple_text(const TextHead& head, TextLayout& layout);
bool is_openbci(const TextHead& head);
void lay_out_openbci(const TextHead& head, TextLayout& layout);

/// Shimmer's Consensys heads a column DEVICE_SENSOR_CAL or _UNCAL: takes device and ending off the labels of
/// `layout`, and tells the kinds.
bool is_consensys(const TextHead& head);
void name_consensys(const TextHead& head, TextLayout& layout);

/// Looks at the first rows for a column of times, and for the rate it shows.
void find_times(const RecordingFile& recording, TextLayout& layout);

}  // namespace tonus::formats
