#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace tonus::formats {

/// Cuts a line into cells, without the spaces and the quotes around them. With the separator ' '
/// any run of spaces and tabs is one separator.
void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells);

/// What separates the cells of a line of numbers: tab, semicolon, comma or space.
char separator_of(std::string_view line) noexcept;

/// A cell as a number, rounded to the nearest double. Empty cells and the words for "no value"
/// (NaN, NA, null, -) are NaN; nothing for what is no number.
std::optional<double> cell_number(std::string_view cell) noexcept;

/// The same where the decimal mark is a comma; nothing for a cell with a point, which would be "1.000,5".
std::optional<double> comma_number(std::string_view cell) noexcept;

/// "0,5": a decimal comma, which is refused because in other files the comma separates.
bool has_decimal_comma(std::string_view cell) noexcept;

/// True for a line of data: it begins as a number does, and most of what it holds is numbers.
bool is_data_line(std::string_view line, char separator);

}  // namespace tonus::formats
