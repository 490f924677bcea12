#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/new_file.hpp"
#include "engine/formats/writer_formats.hpp"

namespace tonus::formats {
namespace {

/// A label in a row of headings: the separator, quotes and line ends are part of none.
std::string heading(const ChannelInfo& channel) {
    std::string text = channel.unit.empty() ? channel.label : fmt::format("{}[{}]", channel.label, channel.unit);
    for (char& c : text) {
        if (c == ',' || c == '"' || c == '\n' || c == ';' || c == '\t') c = ' ';
    }
    return text;
}

class CsvWriter final : public RecordingWriter {
public:
    CsvWriter(Files& files, const std::string& path, const RecordingContent& content) : content_(content) {
        if (content.streams.empty()) throw usage_error(fmt::format("{}: there are no samples to write as a table", path));
        const std::string stem = path.substr(0, path.size() - 4);
        for (const StreamContent& stream : content.streams) {
            paths_.push_back(content.streams.size() == 1 ? path : fmt::format("{}_{}.csv", stem, plain_name(stream.info.name)));
            tables_.emplace_back(files, paths_.back());
            text_ = "time_s";
            for (const ChannelInfo& channel : stream.info.channels) text_ += "," + heading(channel);
            text_ += '\n';
            tables_.back().write(text_);
        }
        losses_.push_back("raw counts, their scale and the converter's range are left out: a table holds values");
        if (!content.annotations.empty()) losses_.push_back(fmt::format("{} annotations are left out: a table has no place for them", content.annotations.size()));
        if (!content.start.empty()) losses_.push_back("the start time is left out: times count from the beginning");
    }

    void write(std::size_t s, std::uint64_t first_index, RawFrames frames) override {
        const StreamContent& stream = content_.streams[s];
        text_.clear();
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            fmt::format_to(std::back_inserter(text_), "{:.9f}", stream.begin_s + stream.info.rate.time_s(first_index + f));
            for (std::size_t c = 0; c < frames.n_channels; ++c) {
                const ChannelInfo& info = stream.info.channels[c];
                const double value = frames.at(f, c) * info.scale + info.offset;
                if (std::isfinite(value)) fmt::format_to(std::back_inserter(text_), ",{}", value);
                else text_ += ',';
            }
            text_ += '\n';
        }
        tables_[s].write(text_);
    }

    void close() override {
        for (NewFile& table : tables_) table.commit();
    }

private:
    RecordingContent content_;
    std::vector<NewFile> tables_;
    std::string text_;
};

std::unique_ptr<RecordingWriter> make(Files& files, const std::string& path, const RecordingContent& content) {
    return std::make_unique<CsvWriter>(files, path, content);
}

}  // namespace

const WriterFormat csv_writer{.name = "CSV tables", .extension = ".csv", .make = &make};

}  // namespace tonus::formats
