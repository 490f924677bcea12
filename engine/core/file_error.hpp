#pragma once

#include <string>

#include "engine/core/error.hpp"

namespace tonus {

/// The errors of every Files, real or simulated, from an errno value: the path, what is wrong and,
/// where something does, what helps.
Error cannot_open(const std::string& path, int error_number);      ///< input
Error cannot_read(const std::string& path, int error_number);      ///< input
Error cannot_create(const std::string& path, int error_number);    ///< failed
Error cannot_make_folder(const std::string& path, int error_number);                       ///< failed
Error cannot_rename(const std::string& from, const std::string& to, int error_number);     ///< failed

/// The sentence for an errno value: "No space left on device".
std::string error_text(int error_number);

}  // namespace tonus
