#pragma once

#include <string>

#include "engine/core/files.hpp"
#include "engine/formats/xdf_stream.hpp"

namespace tonus::formats {

/// What the head of a recording of Tonus says, its session file among it, proved by its checksum; as if it said
/// nothing for any other file. Throws Error (input) when the file cannot be read.
XdfHead recorded_head(Files& files, const std::string& path);

}  // namespace tonus::formats
