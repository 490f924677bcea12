#include "engine/formats/npy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/signal.hpp"

namespace tonus::formats {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr double kStretchS = 0.1;

/// `n` elements that lie `step` bytes apart, as samples that lie `to_step` samples apart.
using Take = void (*)(const std::byte* from, std::size_t step, std::size_t n, std::byte* to, std::size_t to_step);

template <class Stored, class Sample>
void take(const std::byte* from, std::size_t step, std::size_t n, std::byte* to, std::size_t to_step) {
    const auto one = [](const std::byte* at, std::byte* into) {
        Stored stored;
        std::memcpy(&stored, at, sizeof stored);
        const auto sample = static_cast<Sample>(stored);
        std::memcpy(into, &sample, sizeof sample);
    };
    if (step == sizeof(Stored) && to_step == 1) {  // the steps are known: the compiler makes vectors of it
        for (std::size_t i = 0; i < n; ++i) one(from + i * sizeof(Stored), to + i * sizeof(Sample));
    } else {
        for (std::size_t i = 0; i < n; ++i) one(from + i * step, to + i * to_step * sizeof(Sample));
    }
}

/// How one element is stored and what it becomes.
struct Element {
    std::string_view descr;
    std::size_t n_bytes;
    SampleType type;
    Take take;
};
constexpr std::array<Element, 9> kElements{{
    {"<f4", 4, SampleType::float32, &take<float, float>},
    {"<f8", 8, SampleType::float64, &take<double, double>},
    {"<i2", 2, SampleType::int32, &take<std::int16_t, std::int32_t>},
    {"<i4", 4, SampleType::int32, &take<std::int32_t, std::int32_t>},
    {"<i8", 8, SampleType::float64, &take<std::int64_t, double>},
    {"<u2", 2, SampleType::int32, &take<std::uint16_t, std::int32_t>},
    {"<u4", 4, SampleType::float64, &take<std::uint32_t, double>},
    {"|i1", 1, SampleType::int32, &take<std::int8_t, std::int32_t>},
    {"|u1", 1, SampleType::int32, &take<std::uint8_t, std::int32_t>},
}};

struct NpyHeader {
    Element element{};
    std::uint64_t n_rows = 0;
    std::uint64_t n_columns = 1;
    bool column_major = false;
    std::uint64_t data_offset = 0;
};

Error damaged(const std::string& path, const std::string& what) {
    return input_error(fmt::format("{}: the NumPy header {}; save the array again with numpy.save", path, what));
}

/// The text after 'key': in the header's dictionary, up to what ends a value of its kind.
std::string_view value_of(std::string_view header, std::string_view key) {
    const std::size_t at = header.find(fmt::format("'{}'", key));
    if (at == std::string_view::npos) return {};
    const std::size_t colon = header.find(':', at);
    if (colon == std::string_view::npos) return {};
    return trimmed(header.substr(colon + 1));
}

Element element_of(std::string_view header, const std::string& path) {
    const std::string_view value = value_of(header, "descr");
    if (value.size() < 3 || value.front() != '\'') throw damaged(path, "has no plain element type (a structured array?)");
    const std::string_view descr = value.substr(1, std::min(value.find('\'', 1), value.size()) - 1);
    for (const Element& element : kElements) {
        if (element.descr == descr) return element;
    }
    throw input_error(fmt::format("{}: elements are {}, which is not read; save the array as float32, float64 or a little-endian integer",
                                  path, clean_text(descr, limits::kLabelBytes)));
}

std::vector<std::uint64_t> shape_of(std::string_view header, const std::string& path) {
    std::string_view value = value_of(header, "shape");
    if (value.empty() || value.front() != '(') throw damaged(path, "has no shape");
    value = value.substr(1, std::min(value.find(')'), value.size()) - 1);
    std::vector<std::uint64_t> shape;
    while (!trimmed(value).empty()) {
        const std::string_view part = trimmed(value.substr(0, value.find(',')));
        std::uint64_t n = 0;
        const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), n);
        if (code != std::errc{} || end != part.data() + part.size() || shape.size() == 2) {
            throw damaged(path, fmt::format("has the shape ({}), not (frames,) or (frames, channels)", clean_text(value, limits::kLabelBytes)));
        }
        shape.push_back(n);
        value.remove_prefix(std::min(value.size(), value.find(',') == std::string_view::npos ? value.size() : value.find(',') + 1));
    }
    if (shape.empty()) throw damaged(path, "has the shape of a single number");
    return shape;
}

NpyHeader read_header(const RecordingFile& recording) {
    std::vector<std::byte> bytes(limits::kNpyHeaderBytes + 12);
    bytes.resize(recording.file->read_at(0, bytes));
    const ByteView view{bytes};
    const std::uint8_t version = view.u8(6).value_or(0);
    if (version < 1 || version > 3) throw damaged(recording.path, fmt::format("is of version {}, which is not known", version));
    const std::size_t begin = version == 1 ? 10 : 12;
    const std::uint64_t length = version == 1 ? view.u16(8).value_or(0) : view.u32(8).value_or(0);
    const std::string_view text = length <= limits::kNpyHeaderBytes ? view.text(begin, length) : std::string_view{};
    if (text.empty()) throw damaged(recording.path, "is cut or longer than any real one");

    NpyHeader header;
    header.element = element_of(text, recording.path);
    header.column_major = value_of(text, "fortran_order").substr(0, 4) == "True";
    header.data_offset = begin + length;
    const std::vector<std::uint64_t> shape = shape_of(text, recording.path);
    header.n_rows = shape[0];
    if (shape.size() == 2) header.n_columns = shape[1];
    return header;
}

class NpyReader final : public RecordingReader {
public:
    NpyReader(RecordingFile recording, const ReadOptions& options) : recording_(std::move(recording)), header_(read_header(recording_)) {
        facts_.format = "NumPy array";
        turn_to_frames();
        check_size();
        plan_stream(options);
    }

    std::span<const StreamInfo> streams() const noexcept override { return {&stream_, 1}; }
    std::string_view trouble() const noexcept override { return next_ < n_frames_ ? std::string_view{} : trouble_; }
    const RecordingFacts& facts() const noexcept override { return facts_; }
    double progress() const noexcept override {
        return n_frames_ == 0 ? 1.0 : static_cast<double>(next_) / static_cast<double>(n_frames_);
    }

    bool next(FrameSink& sink) noexcept override {
        if (next_ >= n_frames_) return false;
        try {
            const std::uint64_t n = std::min(n_frames_most_, n_frames_ - next_);
            read(n);
            push(sink, n);
            next_ += n;
            return true;
        } catch (const std::exception& error) {
            trouble_ = error.what();
            n_frames_ = next_;
            return false;
        }
    }

private:
    /// Time is the longer axis; element (frame, channel) is at frame * frame_step + channel * channel_step.
    void turn_to_frames() {
        const bool turned = header_.n_columns > header_.n_rows && header_.n_rows > 0;
        frame_step_ = header_.column_major ? 1 : header_.n_columns;
        channel_step_ = header_.column_major ? header_.n_rows : 1;
        n_frames_ = header_.n_rows;
        n_channels_ = header_.n_columns;
        if (!turned) return;
        std::swap(frame_step_, channel_step_);
        std::swap(n_frames_, n_channels_);
        add_note(facts_.notes, fmt::format("the shape is ({}, {}): taken as channels by frames", header_.n_rows, header_.n_columns));
    }

    void check_size() {
        if (n_channels_ == 0 || n_frames_ == 0 || n_channels_ > limits::kColumns) {
            throw input_error(fmt::format("{}: the array has {} frames of {} channels; from 1 to {} channels are read", recording_.path,
                                          n_frames_, n_channels_, limits::kColumns));
        }
        const std::uint64_t there = (recording_.file->size() - std::min(recording_.file->size(), header_.data_offset)) / header_.element.n_bytes;
        const auto wanted = checked_product(n_frames_, n_channels_);
        if (wanted && *wanted <= there) return;
        const bool frames_in_order = channel_step_ == 1;
        trouble_ = fmt::format("truncated: the header says {} frames of {} channels, the file holds {} values", n_frames_, n_channels_, there);
        if (!frames_in_order) throw input_error(fmt::format("{}: {}; channel after channel, so no frame is whole", recording_.path, trouble_));
        n_frames_ = there / n_channels_;
    }

    void plan_stream(const ReadOptions& options) {
        std::vector<Signal> signals(n_channels_);
        std::vector<std::string> labels;
        for (std::size_t i = 0; i < n_channels_; ++i) {
            signals[i].info.label = fmt::format("ch{}", i + 1);
            labels.push_back(signals[i].info.label);
        }
        settle_kinds(signals, options, recording_.path, facts_.notes);
        chosen_ = chosen_channels(labels, options, recording_.path);
        if (!options.rate) {
            throw usage_error(fmt::format("{}: a NumPy array does not say its sampling rate; add it to the address, as in file:{}?rate=1000&unit=uV",
                                          recording_.path, recording_.path));
        }
        stream_ = {.name = "emg", .kind = *signals[0].kind, .rate = *options.rate, .type = header_.element.type, .channels = {},
                   .jump_cause = GapCause::recording, .device_id = "file:" + file_name(recording_.path)};
        stream_.name = stream_kind_name(stream_.kind);
        for (const std::size_t i : chosen_) stream_.channels.push_back(signals[i].info);
        facts_.duration_s = stream_.rate.time_s(n_frames_);
        n_frames_most_ = std::clamp<std::uint64_t>(stream_.rate.frames_in(kStretchS), 1, std::max<std::uint64_t>(1, limits::kStretchValues / n_channels_));
    }

    /// Brings `n` frames from next_ into samples_.
    void read(std::uint64_t n) {
        const std::size_t n_bytes = header_.element.n_bytes;
        const bool in_order = channel_step_ == 1;
        const std::uint64_t n_runs = in_order ? 1 : n_channels_;
        const std::uint64_t run = in_order ? n * n_channels_ : n;
        bytes_.resize(n_runs * run * n_bytes);
        for (std::uint64_t r = 0; r < n_runs; ++r) {
            const std::uint64_t at = header_.data_offset + n_bytes * (next_ * frame_step_ + (in_order ? 0 : r * channel_step_));
            const std::span<std::byte> into = std::span{bytes_}.subspan(r * run * n_bytes, run * n_bytes);
            if (recording_.file->read_at(at, into) != into.size()) throw input_error("truncated: the file was shortened while it was read");
        }
        const Element& element = header_.element;
        const std::size_t n_chosen = chosen_.size(), sample_bytes = size_of(element.type);
        samples_.resize(n * n_chosen * sample_bytes);
        if (in_order && n_chosen == n_channels_ && std::is_sorted(chosen_.begin(), chosen_.end())) {
            element.take(bytes_.data(), n_bytes, n * n_chosen, samples_.data(), 1);
            return;
        }
        for (std::size_t c = 0; c < n_chosen; ++c) {
            const std::byte* from = bytes_.data() + chosen_[c] * (in_order ? 1 : run) * n_bytes;
            element.take(from, (in_order ? n_channels_ : 1) * n_bytes, n, samples_.data() + c * sample_bytes, n_chosen);
        }
    }

    void push(FrameSink& sink, std::uint64_t n) {
        sink.push(0, next_, {.type = stream_.type, .n_channels = chosen_.size(), .n_frames = n, .data = samples_.data(),
                             .arrival_ns = stamp_ns(stream_.rate, next_ + n - 1)});
    }

    RecordingFile recording_;
    NpyHeader header_;
    StreamInfo stream_;
    RecordingFacts facts_;
    std::string trouble_;
    std::vector<std::size_t> chosen_;
    std::vector<std::byte> bytes_;
    std::vector<std::byte> samples_;
    std::uint64_t frame_step_ = 1;
    std::uint64_t channel_step_ = 1;
    std::uint64_t n_frames_ = 0;
    std::uint64_t n_channels_ = 1;
    std::uint64_t n_frames_most_ = 1;
    std::uint64_t next_ = 0;
};

bool recognises(ByteView head) { return head.text(0, kMagic.size()) == kMagic; }

std::unique_ptr<RecordingReader> open_npy(RecordingFile recording, const ReadOptions& options) {
    return std::make_unique<NpyReader>(std::move(recording), options);
}

}  // namespace

const RecordingFormat npy_format{.name = "NumPy", .extensions = ".npy", .recognises = &recognises, .open = &open_npy};

}  // namespace tonus::formats
