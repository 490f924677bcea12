#include "engine/formats/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
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

/// How one element is stored and what it becomes.
struct Element {
    std::string_view descr;
    std::size_t n_bytes;
    SampleType type;
};
constexpr std::array<Element, 9> kElements{{
    {"<f4", 4, SampleType::float32},
    {"<f8", 8, SampleType::float64},
    {"<i2", 2, SampleType::int32},
    {"<i4", 4, SampleType::int32},
    {"<i8", 8, SampleType::float64},
    {"<u2", 2, SampleType::int32},
    {"<u4", 4, SampleType::float64},
    {"|i1", 1, SampleType::int32},
    {"|u1", 1, SampleType::int32},
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

double element_at(const Element& element, const std::byte* p) noexcept {
    const auto load = [p](auto value) {
        std::memcpy(&value, p, sizeof value);
        return static_cast<double>(value);
    };
    if (element.descr == "<f4") return load(float{});
    if (element.descr == "<f8") return load(double{});
    if (element.descr == "<i2") return load(std::int16_t{});
    if (element.descr == "<i4") return load(std::int32_t{});
    if (element.descr == "<i8") return load(std::int64_t{});
    if (element.descr == "<u2") return load(std::uint16_t{});
    if (element.descr == "<u4") return load(std::uint32_t{});
    return element.descr == "|i1" ? load(std::int8_t{}) : load(std::uint8_t{});
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
        samples_.resize(n * chosen_.size());
        for (std::uint64_t f = 0; f < n; ++f) {
            for (std::size_t c = 0; c < chosen_.size(); ++c) {
                const std::uint64_t at = in_order ? f * n_channels_ + chosen_[c] : chosen_[c] * run + f;
                samples_[f * chosen_.size() + c] = element_at(header_.element, bytes_.data() + at * n_bytes);
            }
        }
    }

    void push(FrameSink& sink, std::uint64_t n) {
        const std::int64_t stamp = stamp_ns(stream_.rate, next_ + n - 1);
        const std::size_t n_channels = chosen_.size();
        if (stream_.type == SampleType::float64) {
            sink.push(0, next_, raw_frames(std::span<const double>{samples_}, n_channels, stamp));
        } else if (stream_.type == SampleType::float32) {
            floats_.assign(samples_.begin(), samples_.end());
            sink.push(0, next_, raw_frames(std::span<const float>{floats_}, n_channels, stamp));
        } else {
            counts_.assign(samples_.begin(), samples_.end());
            sink.push(0, next_, raw_frames(std::span<const std::int32_t>{counts_}, n_channels, stamp));
        }
    }

    RecordingFile recording_;
    NpyHeader header_;
    StreamInfo stream_;
    RecordingFacts facts_;
    std::string trouble_;
    std::vector<std::size_t> chosen_;
    std::vector<std::byte> bytes_;
    std::vector<double> samples_;
    std::vector<float> floats_;
    std::vector<std::int32_t> counts_;
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

namespace tonus {
namespace {

constexpr std::size_t kHeaderBytes = 128;  // a multiple of 64, as the format asks
constexpr std::size_t kPreambleBytes = 10;

static_assert(std::endian::native == std::endian::little, "samples are written as they lie in memory");

}  // namespace

NpyWriter::NpyWriter(Files& files, const std::string& path, std::size_t n_columns)
    : path_(path), file_(files.create(path, IfExists::replace)), n_columns_(n_columns) {
    const std::string text = header();
    check(file_->write(std::as_bytes(std::span{text})));
    waiting_.reserve(formats::limits::kReadBytes);
}

std::string NpyWriter::header() const {
    std::string text{"\x93NUMPY\x01\x00", 8};
    text += static_cast<char>(kHeaderBytes - kPreambleBytes);
    text += '\0';
    text += fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", n_columns_ == 0 ? 0 : n_values_ / n_columns_, n_columns_);
    text.resize(kHeaderBytes - 1, ' ');
    return text + '\n';
}

void NpyWriter::check(WriteResult result) const {
    if (!result.ok()) throw run_error(fmt::format("{}: cannot be written ({}); is the disk full?", path_, std::strerror(result.error_number)));
}

void NpyWriter::write(std::span<const float> rows) {
    const std::span<const std::byte> bytes = std::as_bytes(rows);
    waiting_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    n_values_ += rows.size();
    if (waiting_.size() >= formats::limits::kReadBytes) flush();
}

void NpyWriter::flush() {
    check(file_->write(std::as_bytes(std::span{waiting_})));
    waiting_.clear();
}

void NpyWriter::close() {
    flush();
    const std::string text = header();
    check(file_->write_at(0, std::as_bytes(std::span{text})));
}

}  // namespace tonus
