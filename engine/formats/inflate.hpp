#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/core/files.hpp"

namespace tonus::formats {

/// What bytes of a file hold that zlib or gzip compressed; nothing when they are damaged or hold more than `n_most`.
std::vector<std::byte> inflated(InputFile& file, std::uint64_t at, std::uint64_t n_bytes, std::uint64_t n_most);

}  // namespace tonus::formats
