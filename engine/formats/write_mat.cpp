#include <algorithm>
#include <bit>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/new_file.hpp"
#include "engine/formats/writer_formats.hpp"

namespace tonus::formats {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

enum MatType : std::uint32_t { kInt8 = 1, kUint16 = 4, kInt32 = 5, kUint32 = 6, kDouble = 9, kMatrix = 14 };
enum MatClass : std::uint32_t { kCharClass = 4, kDoubleClass = 6 };
constexpr std::uint64_t kVariableBytes = 0x7fffffff;

template <class T>
std::string bytes_of(T value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string tag(MatType type, std::uint64_t n_bytes) { return bytes_of<std::uint32_t>(type) + bytes_of(static_cast<std::uint32_t>(n_bytes)); }

std::uint64_t padded(std::uint64_t n_bytes) { return (n_bytes + 7) / 8 * 8; }

/// The head of a variable, up to its first value.
std::string variable_head(const std::string& name, MatClass kind, std::uint64_t n_rows, std::uint64_t n_columns, MatType type, std::uint64_t n_bytes) {
    std::string head = tag(kUint32, 8) + bytes_of(std::uint64_t{kind});
    head += tag(kInt32, 8) + bytes_of(static_cast<std::int32_t>(n_rows)) + bytes_of(static_cast<std::int32_t>(n_columns));
    head += tag(kInt8, name.size()) + name;
    head.resize(padded(head.size()), '\0');
    head += tag(type, n_bytes);
    if (head.size() + padded(n_bytes) > kVariableBytes) {
        throw usage_error(fmt::format("variable '{}' is larger than the 2 GiB of a MATLAB v5 variable; choose a part with --from and --to, or XDF", name));
    }
    return tag(kMatrix, head.size() + padded(n_bytes)) + head;
}

class MatWriter final : public RecordingWriter {
public:
    MatWriter(Files& files, const std::string& path, const RecordingContent& content) : content_(content), file_(files, path) {
        paths_ = {path};
        std::string head = "MATLAB 5.0 MAT-file, written by Tonus";
        head.resize(116, ' ');
        head.resize(124, '\0');
        file_.write(head + bytes_of<std::uint16_t>(0x0100) + "IM");
        std::vector<std::string> names;
        for (const StreamContent& stream : content_.streams) {
            std::string name = plain_name(stream.info.name).substr(0, 40);
            while (std::find(names.begin(), names.end(), name) != names.end()) name += "_";
            names.push_back(name);
            begin_stream(name, stream);
        }
        write_annotations();
        losses_.push_back("raw counts, their scale and the converter's range are left out: variables hold values");
        if (!content_.start.empty()) write_texts("start", {content_.start});
    }

    void write(std::size_t s, std::uint64_t first_index, RawFrames frames) override {
        Lane& lane = lanes_[s];
        const StreamContent& stream = content_.streams[s];
        values_.clear();
        times_.clear();
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            times_.push_back(stream.begin_s + stream.info.rate.time_s(first_index + f));
            for (std::size_t c = 0; c < frames.n_channels; ++c) values_.push_back(frames.at(f, c) * stream.info.channels[c].scale + stream.info.channels[c].offset);
        }
        overwrite(lane.values_at, lane.n_done * frames.n_channels, values_);
        overwrite(lane.times_at, lane.n_done, times_);
        lane.n_done += frames.n_frames;
    }

    void close() override { file_.commit(); }

private:
    struct Lane {
        std::uint64_t values_at = 0;
        std::uint64_t times_at = 0;
        std::uint64_t n_done = 0;
    };

    /// A matrix of zeros that is overwritten frame by frame; gives where its values begin. One column is a
    /// frame, because columns lie together.
    std::uint64_t write_zeros(const std::string& name, std::uint64_t n_rows, std::uint64_t n_columns) {
        file_.write(variable_head(name, kDoubleClass, n_rows, n_columns, kDouble, 8 * n_rows * n_columns));
        const std::uint64_t at = file_.size();
        const std::string zeros(std::size_t{1} << 16, '\0');
        for (std::uint64_t left = 8 * n_rows * n_columns; left > 0;) {
            const std::size_t n = std::min<std::uint64_t>(left, zeros.size());
            file_.write(std::string_view{zeros}.substr(0, n));
            left -= n;
        }
        return at;
    }

    void write_numbers(const std::string& name, const std::vector<double>& values) {
        const std::uint64_t at = write_zeros(name, values.empty() ? 0 : 1, values.size());
        overwrite(at, 0, values);
    }

    void overwrite(std::uint64_t at, std::uint64_t first, const std::vector<double>& values) {
        if (!values.empty()) file_.write_at(at + 8 * first, {reinterpret_cast<const char*>(values.data()), 8 * values.size()});
    }

    /// Texts as rows of characters, filled up with blanks.
    void write_texts(const std::string& name, const std::vector<std::string>& texts) {
        std::size_t n_longest = 0;
        for (const std::string& text : texts) n_longest = std::max(n_longest, text.size());
        std::string characters;
        for (std::size_t column = 0; column < n_longest; ++column) {
            for (const std::string& text : texts) {
                const auto c = static_cast<unsigned char>(column < text.size() ? text[column] : ' ');
                characters += bytes_of(static_cast<std::uint16_t>(c < 0x80 ? c : '?'));
            }
        }
        std::string variable = variable_head(name, kCharClass, texts.size(), n_longest, kUint16, characters.size()) + characters;
        variable.resize(padded(variable.size()), '\0');
        file_.write(variable);
    }

    void begin_stream(const std::string& name, const StreamContent& stream) {
        std::vector<std::string> labels, units;
        for (const ChannelInfo& channel : stream.info.channels) {
            labels.push_back(channel.label);
            units.push_back(channel.unit);
        }
        const std::uint64_t n_frames = stream.n_frames();
        if (n_frames > std::numeric_limits<std::int32_t>::max()) throw usage_error(fmt::format("{}: has too many frames for MATLAB v5; choose a part with --from and --to", file_.path()));
        Lane lane;
        lane.values_at = write_zeros(name, stream.info.channels.size(), n_frames);
        lane.times_at = write_zeros(name + "_time_s", 1, n_frames);
        write_numbers(name + "_rate_hz", {stream.info.rate.hz()});
        write_texts(name + "_labels", labels);
        write_texts(name + "_units", units);
        lanes_.push_back(lane);
    }

    void write_annotations() {
        if (content_.annotations.empty()) return;
        std::vector<double> onsets;
        std::vector<std::string> texts;
        for (const RecordingNote& note : content_.annotations) {
            onsets.push_back(note.onset_s);
            texts.push_back(note.text);
        }
        write_numbers("annotation_onset_s", onsets);
        write_texts("annotation_text", texts);
    }

    RecordingContent content_;
    NewFile file_;
    std::vector<Lane> lanes_;
    std::vector<double> values_;
    std::vector<double> times_;
};

std::unique_ptr<RecordingWriter> make(Files& files, const std::string& path, const RecordingContent& content) {
    return std::make_unique<MatWriter>(files, path, content);
}

}  // namespace

const WriterFormat mat_writer{.name = "MATLAB v5", .extension = ".mat", .make = &make};

}  // namespace tonus::formats
