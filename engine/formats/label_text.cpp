#include "engine/formats/label_text.hpp"

namespace tonus::formats {
namespace {

bool is_padding(char c) noexcept { return c == ' ' || c == '\t' || c == '\0' || c == '\r'; }

/// Bytes of the UTF-8 character that begins here, 0 when there is none. Overlong forms,
/// surrogates and what is beyond U+10FFFF are none.
std::size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const unsigned second = byte(1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
        return 0;
    }
    return length;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && is_padding(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_padding(text.back())) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string small{text};
    for (char& c : small) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return small;
}

std::string clean_text(std::string_view bytes, std::size_t n_bytes_max) {
    bytes = trimmed(bytes);
    const bool utf8 = is_utf8(bytes);
    std::string text;
    while (!bytes.empty()) {
        const auto first = static_cast<unsigned char>(bytes.front());
        std::string character;
        if (first < 0x20 || first == 0x7f) {
            character = "?";
        } else if (first < 0x80 || utf8) {
            character = bytes.substr(0, utf8_length(bytes));
        } else {
            character = {static_cast<char>(0xc0 | (first >> 6)), static_cast<char>(0x80 | (first & 0x3f))};
        }
        if (text.size() + character.size() > n_bytes_max) break;
        text += character;
        bytes.remove_prefix(utf8 && first >= 0x80 ? character.size() : 1);
    }
    return text;
}

}  // namespace tonus::formats
