#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/formats/byte_view.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus::formats {

/// A file on its way into a reader.
struct RecordingFile {
    std::unique_ptr<InputFile> file;
    std::string path;
    Files* files = nullptr;  ///< for formats that keep samples in files beside the one named
};

/// One entry of the table in recording_reader.cpp: a new format is a pair of files and a line there.
struct RecordingFormat {
    std::string_view name;        ///< "NumPy array"
    std::string_view extensions;  ///< ".npy", separated by spaces
    /// True when the first bytes are this format's. Quick, and sure: the others are not asked.
    bool (*recognises)(ByteView head);
    std::unique_ptr<RecordingReader> (*open)(RecordingFile file, const ReadOptions& options);
};

/// Microseconds matter here, not rounding: the time of a frame on its own stream, in ns. Beyond what
/// these hold, which only a made-up file reaches, it stands still.
inline std::int64_t stamp_ns(const Rate& rate, std::uint64_t index) noexcept {
    constexpr std::uint64_t most_s = 9'000'000'000;
    const std::uint64_t parts = index * rate.den;  // both bounded (limits.hpp)
    if (parts / rate.num >= most_s) return static_cast<std::int64_t>(most_s) * 1'000'000'000;
    const double rest = static_cast<double>(parts % rate.num) * 1e9 / static_cast<double>(rate.num);
    return static_cast<std::int64_t>(parts / rate.num) * 1'000'000'000 +
           static_cast<std::int64_t>(rest + 0.5);
}

/// The name of a path without its folders.
inline std::string file_name(const std::string& path) {
    return path.substr(path.find_last_of('/') + 1);  // npos + 1 is 0
}

}  // namespace tonus::formats
