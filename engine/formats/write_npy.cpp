#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/new_file.hpp"
#include "engine/formats/npy.hpp"
#include "engine/formats/writer_formats.hpp"

namespace tonus::formats {
namespace {

std::string listing(const StreamInfo& info) {
    std::string text;
    for (const ChannelInfo& channel : info.channels) text += fmt::format("{}{}[{}]", text.empty() ? "" : ", ", channel.label, channel.unit.empty() ? "?" : channel.unit);
    return text;
}

class NpyRecordingWriter final : public RecordingWriter {
public:
    NpyRecordingWriter(Files& files, const std::string& path, const RecordingContent& content) : content_(content), next_(content.streams.size()) {
        if (content.streams.empty()) throw usage_error(fmt::format("{}: there are no samples to write as an array", path));
        const std::string stem = path.substr(0, path.size() - 4);
        for (const StreamContent& stream : content.streams) {
            paths_.push_back(content.streams.size() == 1 ? path : fmt::format("{}_{}.npy", stem, plain_name(stream.info.name)));
            arrays_.emplace_back(files, paths_.back());
            arrays_.back().write(npy_head("<f8", stream.end_index, stream.info.channels.size()));
            losses_.push_back(fmt::format("{}: the rate of {:.12g} Hz, the beginning at {:.9g} s and the names {} are left out: an array holds numbers", paths_.back(),
                                          stream.info.rate.hz(), stream.begin_s, listing(stream.info)));
        }
        losses_.push_back("raw counts, their scale and the converter's range are left out: arrays hold values");
        if (!content.annotations.empty()) losses_.push_back(fmt::format("{} annotations are left out: an array has no place for them", content.annotations.size()));
        if (!content.start.empty()) losses_.push_back("the start time is left out: an array has no place for it");
    }

    void write(std::size_t s, std::uint64_t first_index, RawFrames frames) override {
        fill_to(s, first_index);
        values_.clear();
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            for (std::size_t c = 0; c < frames.n_channels; ++c) {
                const ChannelInfo& info = content_.streams[s].info.channels[c];
                values_.push_back(frames.at(f, c) * info.scale + info.offset);
            }
        }
        put(s);
        next_[s] = first_index + frames.n_frames;
    }

    void close() override {
        for (std::size_t s = 0; s < arrays_.size(); ++s) {
            fill_to(s, content_.streams[s].end_index);
            arrays_[s].commit();
        }
    }

private:
    /// Lost frames keep their place, without a value.
    void fill_to(std::size_t s, std::uint64_t index) {
        constexpr std::uint64_t kFramesAtATime = 4096;
        while (next_[s] < index) {
            const std::uint64_t n = std::min(kFramesAtATime, index - next_[s]);
            values_.assign(n * content_.streams[s].info.channels.size(), std::numeric_limits<double>::quiet_NaN());
            put(s);
            next_[s] += n;
        }
    }

    void put(std::size_t s) { arrays_[s].write({reinterpret_cast<const char*>(values_.data()), values_.size() * sizeof(double)}); }

    RecordingContent content_;
    std::vector<std::uint64_t> next_;
    std::vector<NewFile> arrays_;
    std::vector<double> values_;
};

std::unique_ptr<RecordingWriter> make(Files& files, const std::string& path, const RecordingContent& content) {
    return std::make_unique<NpyRecordingWriter>(files, path, content);
}

}  // namespace

const WriterFormat npy_writer{.name = "NumPy arrays", .extension = ".npy", .make = &make};

}  // namespace tonus::formats
