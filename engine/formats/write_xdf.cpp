#include <cmath>

#include <fmt/format.h>

#include "engine/formats/new_file.hpp"
#include "engine/formats/writer_formats.hpp"
#include "engine/formats/xdf_blocks.hpp"

namespace tonus::formats {
namespace {

constexpr double kOffsetEveryS = 5.0;     // as LSL's recorder does
constexpr double kBoundaryEveryS = 10.0;

class XdfWriter final : public RecordingWriter {
public:
    XdfWriter(Files& files, const std::string& path, const RecordingContent& content) : content_(content), file_(files, path), lanes_(content.streams.size()) {
        paths_ = {path};
        append_xdf_begin(block_, content.start.empty() ? "" : fmt::format("<datetime>{}</datetime>", xml_text(content.start)));
        for (std::size_t s = 0; s < content.streams.size(); ++s) append_xdf_stream(block_, id_of(s), content.streams[s].info);
        if (!content.annotations.empty()) append_xdf_text_stream(block_, id_of(lanes_.size()), "annotations", "Markers");
        for (const RecordingNote& note : content.annotations) append_xdf_text(block_, id_of(lanes_.size()), note.onset_s, note.text);
        leave_out_durations(content);
        flush();
    }

    /// Stamps follow the frame's number, so that losses stay exact; where arrival tells another clock, that
    /// is in the clock offsets.
    void write(std::size_t s, std::uint64_t first_index, RawFrames frames) override {
        Lane& lane = lanes_[s];
        const StreamContent& stream = content_.streams[s];
        const auto stamp_s = [&](std::uint64_t index) { return stream.begin_s + stream.info.rate.time_s(index); };
        const double last_s = stamp_s(first_index + frames.n_frames - 1);
        if (last_s >= lane.next_offset_s) {
            append_xdf_clock_offset(block_, id_of(s), last_s, static_cast<double>(frames.arrival_ns) / 1e9 - last_s);
            lane.next_offset_s = last_s + kOffsetEveryS;
        }
        append_xdf_frames(block_, id_of(s), stamp_s(first_index), frames);
        if (lane.footer.n_samples == 0) lane.footer.first_s = stamp_s(first_index);
        lane.footer.last_s = last_s;
        lane.footer.n_samples += frames.n_frames;
        if (last_s >= next_boundary_s_) {
            append_xdf_boundary(block_);
            next_boundary_s_ = last_s + kBoundaryEveryS;
        }
        flush();
    }

    void close() override {
        append_xdf_boundary(block_);
        for (std::size_t s = 0; s < lanes_.size(); ++s) append_xdf_footer(block_, id_of(s), lanes_[s].footer);
        flush();
        file_.commit();
    }

private:
    struct Lane {
        double next_offset_s = 0.0;
        XdfFooter footer = {};
    };
    static std::uint32_t id_of(std::size_t s) { return static_cast<std::uint32_t>(s + 1); }
    void flush() {
        file_.write(block_);
        block_.clear();
    }

    RecordingContent content_;
    NewFile file_;
    std::vector<Lane> lanes_;
    std::string block_;
    double next_boundary_s_ = kBoundaryEveryS;
};

std::unique_ptr<RecordingWriter> make(Files& files, const std::string& path, const RecordingContent& content) {
    return std::make_unique<XdfWriter>(files, path, content);
}

}  // namespace

const WriterFormat xdf_writer{.name = "XDF", .extension = ".xdf", .make = &make};

}  // namespace tonus::formats
