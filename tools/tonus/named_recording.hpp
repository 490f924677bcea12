#pragma once

#include <string>

#include "drivers/file/read_options.hpp"

namespace tonus::cli {

/// A recording as it was named on the command line.
struct NamedRecording {
    std::string path;
    ReadOptions options = {};
};

/// Of a path, or of file:PATH with options. Throws Error (usage) for options that are not known.
inline NamedRecording named_recording(const std::string& name) {
    if (name.compare(0, 5, "file:") != 0) return {name};
    const SourceUrl url{name};
    return {url.address(), read_options_of(url)};
}

}  // namespace tonus::cli
