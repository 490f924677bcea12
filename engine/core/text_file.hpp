#pragma once

#include <string>

#include "engine/core/files.hpp"

namespace tonus {

/// A small text file whole. Reads to the end rather than to size(), which is 0 for files that the
/// kernel makes up, such as those of /proc.
/// Throws Error (input) like Files::open(), and beyond 16 MiB.
std::string read_text(Files& files, const std::string& path);

/// The same, empty where there is no such file.
std::string read_text_if_any(Files& files, const std::string& path);

}  // namespace tonus
