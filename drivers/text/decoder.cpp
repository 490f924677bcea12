#include "drivers/text/decoder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tonus::text {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_blank(char c) { return kBlanks.find(c) != std::string_view::npos; }

std::string_view stripped(std::string_view text) {
    while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || is_blank(text.back()))) text.remove_suffix(1);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    return text;
}

/// Takes "*5A" off the end. False when it is missing or does not fit.
bool take_checksum(std::string_view& text) {
    const std::size_t star = text.rfind('*');
    if (star == std::string_view::npos || text.size() - star != 3) return false;
    unsigned stated = 0;
    const auto [end, code] = std::from_chars(text.data() + star + 1, text.data() + text.size(), stated, 16);
    if (code != std::errc{} || end != text.data() + text.size()) return false;
    unsigned sum = 0;
    for (const char c : text.substr(0, star)) sum ^= static_cast<unsigned char>(c);
    text = text.substr(0, star);
    return sum == stated;
}

/// Blanks separate as well as a comma with blanks around it; two commas have an empty field between.
std::vector<std::string_view> fields_of(std::string_view text) {
    std::vector<std::string_view> fields;
    while (true) {
        const std::size_t end = text.find_first_of(",; \t");
        fields.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return fields;
        text.remove_prefix(end);
        const std::string_view rest = stripped(text);
        text = !rest.empty() && (rest.front() == ',' || rest.front() == ';') ? stripped(rest.substr(1)) : rest;
    }
}

bool to_number(std::string_view text, double& value) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || text.empty()) return false;
    // "inf" and "nan" both say that there is no value.
    if (!std::isfinite(value)) value = std::numeric_limits<double>::quiet_NaN();
    return true;
}

bool is_word(std::string_view text) {
    return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) { return c == ':'; }) &&
           std::any_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

}  // namespace

FrameMatch match_line(std::span<const std::byte> front, bool) noexcept {
    const std::size_t n = std::min(front.size(), kLineBytesMax);
    const auto end = std::find(front.begin(), front.begin() + static_cast<std::ptrdiff_t>(n), std::byte{'\n'});
    const auto length = static_cast<std::size_t>(end - front.begin());
    if (length < n) return FrameMatch::frame(length + 1);
    return n < kLineBytesMax ? FrameMatch::more() : FrameMatch::none();
}

Line parse_line(std::string_view text, bool checksum) {
    text = stripped(text);
    if (text.empty()) return {};
    const Line broken{.kind = Line::Kind::broken};
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c == '\t' || (c >= 0x20 && c <= 0x7E); })) return broken;
    if (checksum && !take_checksum(text)) return broken;

    Line line{.kind = Line::Kind::values};
    const std::vector<std::string_view> fields = fields_of(text);
    if (std::all_of(fields.begin(), fields.end(), [](std::string_view f) { double ignored = 0.0; return is_word(f) && !to_number(f, ignored); })) {
        line.kind = Line::Kind::names;
        line.names.assign(fields.begin(), fields.end());
        return line;
    }
    for (const std::string_view field : fields) {
        const std::size_t colon = field.find(':', 1);
        const bool is_pair = colon != std::string_view::npos;
        double value = 0.0;
        if (!to_number(is_pair ? field.substr(colon + 1) : field, value)) return broken;
        line.values.push_back(value);
        if (is_pair) line.names.emplace_back(field.substr(0, colon));
    }
    if (!line.names.empty() && line.names.size() != line.values.size()) return broken;
    return line;
}

}  // namespace tonus::text
