#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace tonus {

/// Bytes that this user may still write into the folder of a file to be; nothing where nobody can say.
std::optional<std::uint64_t> free_bytes_beside(const std::string& path);

}  // namespace tonus
