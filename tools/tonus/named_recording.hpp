#pragma once

#include <string>

#include "engine/formats/recording_reader.hpp"

namespace tonus::cli {

/// A recording as it was named on the command line.
struct NamedRecording {
    std::string path;
    ReadOptions options = {};
};

/// Of a path, or of file:PATH with options; and of a session file, whose first source says the rest where one is
/// named. Throws Error (usage) for options that are not known, or a session file that is wrong.
NamedRecording named_recording(const std::string& name, const std::string& session_path);

}  // namespace tonus::cli
