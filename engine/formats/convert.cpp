#include "engine/formats/convert.hpp"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/recording_writer.hpp"

namespace tonus {
namespace {

using formats::ContentSurvey;
using formats::RecordingWriter;
using formats::Selection;
using formats::SelectingSink;

/// Hands frames to a writer. A reader's sink must not throw: what went wrong is thrown by check().
class WriterSink final : public FrameSink {
public:
    explicit WriterSink(RecordingWriter& writer) : writer_(&writer) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        if (failure_) return;
        try {
            writer_->write(stream, first_index, frames);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    void check() const {
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    RecordingWriter* writer_;
    std::exception_ptr failure_;
};

/// A part behind the end would become an empty file.
void refuse_nothing(const formats::RecordingContent& content, const Selection& selection, const std::string& in, std::optional<double> duration_s) {
    const bool any = std::any_of(content.streams.begin(), content.streams.end(), [](const formats::StreamContent& stream) { return stream.n_frames() > 0; });
    if (any || !selection.from_s) return;
    throw usage_error(fmt::format("{}: nothing lies behind {} s{}", in, *selection.from_s, duration_s ? fmt::format(": the recording lasts {:.3f} s", *duration_s) : ""));
}

}  // namespace

ConvertReport convert_recording(Files& files, const std::string& in, const std::string& out, const ReadOptions& options,
                                const Selection& selection, const std::function<void(double)>& progress) {
    if (files.exists(out)) throw usage_error(out + ": exists already and is not overwritten; choose another name");
    ConvertReport report;
    {
        const std::unique_ptr<RecordingReader> reader = open_recording(files, in, options);
        SelectingSink selected{reader->streams(), selection, in};
        ContentSurvey survey{selected.streams()};
        selected.pass_to(survey);
        while (reader->next(selected)) progress(0.5 * reader->progress());
        report.content = std::move(survey.content);
        report.content.annotations = selected.within(reader->facts().annotations);
        report.content.start = selection.from_s ? "" : reader->facts().start;  // a start that moved is not in the file
        report.notes = reader->facts().notes;
        report.trouble = reader->trouble();
        refuse_nothing(report.content, selection, in, reader->facts().duration_s);
    }
    const std::unique_ptr<RecordingReader> reader = open_recording(files, in, options);
    SelectingSink selected{reader->streams(), selection, in};
    const std::unique_ptr<RecordingWriter> writer = formats::make_writer(files, out, report.content);
    WriterSink sink{*writer};
    selected.pass_to(sink);
    while (reader->next(selected)) {
        sink.check();
        progress(0.5 + 0.5 * reader->progress());
    }
    sink.check();
    writer->close();
    report.paths = writer->paths();
    report.losses = writer->losses();
    return report;
}

}  // namespace tonus
