#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tonus::formats {

/// Text of a stranger's file made fit for a terminal, a table and JSON: valid UTF-8 stays, other
/// bytes are read as Latin-1, control characters become '?', spaces (and zero bytes, with which
/// some writers pad) at both ends go, and what is beyond `n_bytes_max` is cut off.
std::string clean_text(std::string_view bytes, std::size_t n_bytes_max);

/// Without spaces, tabs and zero bytes at both ends.
std::string_view trimmed(std::string_view text) noexcept;

/// ASCII letters made small.
std::string lower(std::string_view text);

}  // namespace tonus::formats
