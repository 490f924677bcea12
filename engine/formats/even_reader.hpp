#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/formats/frame_buffer.hpp"
#include "engine/formats/recording_format.hpp"
#include "engine/formats/stream_plan.hpp"

namespace tonus::formats {

/// Fetches frames that lie in a file at places which can be computed.
class FrameSource {
public:
    virtual ~FrameSource() = default;

    /// Adds frames [first, first + n_frames) of a stream to `into`, interleaved. Throws Error when the disk
    /// fails.
    virtual void fetch(const PlannedStream& stream, std::uint64_t first, std::uint64_t n_frames, FrameBuffer& into) = 0;
};

/// Frames that the file says are lost.
struct Hole {
    std::uint64_t first = 0;
    std::uint64_t n_frames = 0;
};

/// A recording each of whose streams runs at its rate from the beginning on.
struct EvenRecording {
    RecordingFacts facts = {};
    std::vector<PlannedStream> streams = {};
    std::vector<std::uint64_t> n_frames = {};  ///< of each stream, lost ones too
    std::vector<std::vector<Hole>> holes = {}; ///< of each stream, in order, apart; empty when there are none
    std::string trouble = {};                  ///< told at the end
    std::unique_ptr<FrameSource> source = {};
};

/// Reads it stretch by stretch, in the order of time.
std::unique_ptr<RecordingReader> read_evenly(EvenRecording recording);

/// "truncated: ..." for a file that holds fewer frames than its header says.
std::string truncated(std::uint64_t n_stated, std::uint64_t n_there, std::uint64_t file_bytes);

}  // namespace tonus::formats
