#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/formats/even_reader.hpp"
#include "engine/formats/recording_reader.hpp"

namespace tonus::formats {

/// What a channel was seen to hold.
struct ChannelRange {
    double least = 0.0;           ///< in the channel's unit
    double most = 0.0;
    double raw_least = 0.0;
    double raw_most = 0.0;
    bool any = false;
    bool whole = true;            ///< raw values are whole numbers
    std::uint64_t n_missing = 0;  ///< not a number
};

/// What a stream was seen to hold.
struct StreamContent {
    StreamInfo info = {};
    double begin_s = 0.0;            ///< when frame 0 was, from the beginning of the recording
    std::uint64_t end_index = 0;     ///< of the frame after the last
    std::vector<Hole> holes = {};
    std::vector<ChannelRange> channels = {};

    std::uint64_t n_frames() const noexcept;  ///< that are there
};

/// All a writer must know before the first frame: ranges, so that nothing clips; counts; remarks.
struct RecordingContent {
    std::vector<StreamContent> streams = {};
    std::vector<RecordingNote> annotations = {};
    std::string start = {};  ///< "2026-11-21T01:02:03", or empty
};

/// Finds it out, as the frames of a first pass go by.
class ContentSurvey final : public FrameSink {
public:
    explicit ContentSurvey(std::span<const StreamInfo> infos);
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override;

    RecordingContent content;
};

/// The part of a recording that is wanted: some streams, some time.
struct Selection {
    std::vector<std::string> streams = {};  ///< names; all when empty
    std::optional<double> from_s = {};
    std::optional<double> to_s = {};
};

/// Passes on what is selected, as if the recording held nothing else: frames are counted from from_s.
class SelectingSink final : public FrameSink {
public:
    /// Throws Error (usage) for a stream that is not there, naming those that are, and for an empty time.
    SelectingSink(std::span<const StreamInfo> infos, const Selection& selection, const std::string& path);

    /// The streams that are passed on.
    const std::vector<StreamInfo>& streams() const noexcept { return streams_; }
    void pass_to(FrameSink& sink) noexcept { sink_ = &sink; }
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override;

    /// Remarks within the time that is wanted, counted from its beginning.
    std::vector<RecordingNote> within(const std::vector<RecordingNote>& annotations) const;

private:
    struct Lane {
        std::optional<std::size_t> out = {};
        Rate rate = {};
        bool begun = false;
        std::uint64_t first = 0;  ///< frames wanted: [first, end)
        std::uint64_t end = 0;
    };

    double from_s_ = 0.0;
    std::optional<double> to_s_;
    std::vector<Lane> lanes_;
    std::vector<StreamInfo> streams_;
    FrameSink* sink_ = nullptr;
};

}  // namespace tonus::formats
