#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/files.hpp"
#include "engine/formats/recording_content.hpp"

namespace tonus::formats {

/// A recording on its way to the disk. Its files appear under their names when they are whole.
///
/// Errors   Error (failed) when the disk refuses.
/// Threads  one at a time.
class RecordingWriter {
public:
    virtual ~RecordingWriter() = default;

    /// Takes the frames that the survey saw, in the same order.
    virtual void write(std::size_t stream, std::uint64_t first_index, RawFrames frames) = 0;

    /// Completes the files. Nothing may be written after it.
    virtual void close() = 0;

    const std::vector<std::string>& losses() const noexcept { return losses_; }  ///< what the format cannot hold
    const std::vector<std::string>& paths() const noexcept { return paths_; }    ///< the files it makes

protected:
    /// For formats whose remarks are of one moment.
    void leave_out_durations(const RecordingContent& content) {
        const auto lasts = [](const RecordingNote& note) { return note.duration_s.value_or(0.0) != 0.0; };
        if (std::any_of(content.annotations.begin(), content.annotations.end(), lasts)) losses_.push_back("durations of annotations are left out: markers have none");
    }

    std::vector<std::string> losses_;
    std::vector<std::string> paths_;
};

/// Begins a recording in the format that the path's ending names. Throws Error (usage) for an ending that
/// is none, a name that is taken, and a recording the format cannot hold at all, with what would work.
std::unique_ptr<RecordingWriter> make_writer(Files& files, const std::string& path, const RecordingContent& content);

/// The formats that are written, for help and messages: "XDF (.xdf), ...".
std::string written_formats();

}  // namespace tonus::formats
