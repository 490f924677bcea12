#include "engine/formats/cells.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "engine/formats/label_text.hpp"

namespace tonus::formats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<std::string_view, 9> kNoValue{"", "NA", "N/A", "null", "NULL", "none", "-", "--", "NaN"};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view unquoted(std::string_view cell) noexcept {
    cell = trimmed(cell);
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
    return cell;
}

/// Where the cell that begins here ends; a separator between quotes does not end it.
std::size_t cell_end(std::string_view rest, char separator) noexcept {
    const std::size_t at = rest.find(separator);
    const std::size_t first = rest.find_first_not_of(' ');
    if (at == std::string_view::npos || first == std::string_view::npos || rest[first] != '"') return at;
    const std::size_t closing = rest.find('"', first + 1);
    return closing == std::string_view::npos ? at : rest.find(separator, closing);
}

void split_at_spaces(std::string_view line, std::vector<std::string_view>& cells) {
    while (!(line = trimmed(line)).empty()) {
        const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        cells.push_back(unquoted(line.substr(0, end)));
        line.remove_prefix(end);
    }
}

}  // namespace

void split_cells(std::string_view line, char separator, std::vector<std::string_view>& cells) {
    cells.clear();
    if (separator == ' ') return split_at_spaces(line, cells);
    for (;;) {
        const std::size_t end = cell_end(line, separator);
        cells.push_back(unquoted(line.substr(0, end)));
        if (end == std::string_view::npos) return;
        line.remove_prefix(end + 1);
    }
}

char separator_of(std::string_view line) noexcept {
    for (const char candidate : {'\t', ';', ','}) {
        if (line.find(candidate) != std::string_view::npos) return candidate;
    }
    return ' ';
}

std::optional<double> cell_number(std::string_view cell) noexcept {
    double value = 0.0;
    std::string_view digits = cell;
    if (digits.size() > 1 && digits.front() == '+' && digits[1] != '-') digits.remove_prefix(1);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (end == digits.data() + digits.size() && !digits.empty()) {
        if (code == std::errc{}) return value;
        if (code == std::errc::result_out_of_range) {
            // Beyond the range of doubles on one side or the other; only a negative power is small.
            const bool small = digits.find("e-") != std::string_view::npos || digits.find("E-") != std::string_view::npos;
            const double huge = small ? 0.0 : std::numeric_limits<double>::infinity();
            return digits.front() == '-' ? -huge : huge;
        }
    }
    if (std::find(kNoValue.begin(), kNoValue.end(), cell) != kNoValue.end()) return kNaN;
    return std::nullopt;
}

std::optional<double> comma_number(std::string_view cell) noexcept {
    std::array<char, 64> digits;  // no number is longer
    if (cell.size() > digits.size() || cell.find('.') != std::string_view::npos) return std::nullopt;
    std::replace_copy(cell.begin(), cell.end(), digits.begin(), ',', '.');
    return cell_number({digits.data(), cell.size()});
}

bool has_decimal_comma(std::string_view cell) noexcept {
    const std::size_t comma = cell.find(',');
    if (comma == std::string_view::npos || comma + 1 >= cell.size() || comma == 0) return false;
    if (cell.find(',', comma + 1) != std::string_view::npos) return false;
    if (!is_digit(cell[comma - 1]) || !is_digit(cell[comma + 1])) return false;
    return std::all_of(cell.begin(), cell.end(), [](char c) {
        return is_digit(c) || c == ',' || c == '-' || c == '+' || c == 'e' || c == 'E';
    });
}

bool is_data_line(std::string_view line, char separator) {
    std::vector<std::string_view> cells;
    split_cells(line, separator, cells);
    std::size_t n_numbers = 0, n_filled = 0;
    bool begins_as_number = false;
    for (const std::string_view cell : cells) {
        if (cell.empty()) continue;
        const bool number = cell_number(cell).has_value() || has_decimal_comma(cell);
        // A date or a clock time may come first.
        if (n_filled == 0) begins_as_number = number || is_digit(cell.front());
        ++n_filled;
        n_numbers += number ? 1u : 0u;
    }
    return begins_as_number && 2 * n_numbers >= n_filled && n_numbers > 0;
}

}  // namespace tonus::formats
