#include "engine/formats/edf.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/formats/edf_annotations.hpp"
#include "engine/formats/edf_header.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/signal.hpp"

namespace tonus::formats {
namespace {

constexpr double kStretchS = 0.1;
constexpr double kNsPerS = 1e9;

/// A stream and the signals of the record that make it.
struct Lane {
    std::vector<std::size_t> signals;      ///< in EdfHeader::signals
    std::uint64_t n_samples = 0;           ///< per record
    std::uint64_t record_index = 0;        ///< frame index of the record's first frame
    std::uint64_t next_index = 0;          ///< of the frame after the last one pushed
    std::vector<std::int32_t> samples;     ///< of one piece, interleaved
};

/// A push, before the pushes of a piece are put in the order of their stamps.
struct Push {
    std::int64_t stamp_ns;
    std::size_t stream;
    std::uint64_t index;
    std::size_t n_frames;
};

class EdfReader final : public RecordingReader {
public:
    EdfReader(RecordingFile recording, const ReadOptions& options)
        : recording_(std::move(recording)), header_(read_edf_header(recording_)) {
        facts_.format = header_.variant;
        facts_.start = header_.start;
        facts_.notes = header_.notes;
        plan_streams(options);
        plan_records();
        plan_pieces();
    }

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    std::string_view trouble() const noexcept override { return trouble_; }
    const RecordingFacts& facts() const noexcept override { return facts_; }
    double progress() const noexcept override {
        return n_records_ == 0 ? 1.0 : static_cast<double>(n_read_) / static_cast<double>(n_records_);
    }

    bool next(FrameSink& sink) noexcept override {
        try {
            if (piece_ == n_pieces_ && !load_record()) return false;
            push_piece(sink);
            return true;
        } catch (const std::exception& error) {
            trouble_ = error.what();
            n_records_ = n_read_;
            piece_ = n_pieces_;
            return false;
        }
    }

private:
    void plan_streams(const ReadOptions& options);
    void add_to_stream(std::size_t signal, const Signal& from, const ReadOptions& options);
    Signal signal_of(const EdfSignal& from) const;
    void check_range(const EdfSignal& signal) const;
    void plan_records();
    void plan_pieces();
    bool load_record();
    void place_record(std::optional<double> onset_s);
    void push_piece(FrameSink& sink) noexcept;
    void decode(Lane& lane, std::uint64_t first, std::uint64_t n_frames) noexcept;

    RecordingFile recording_;
    EdfHeader header_;
    std::vector<StreamInfo> streams_;
    std::vector<Lane> lanes_;
    std::vector<std::byte> record_;
    std::vector<Push> pushes_;
    RecordingFacts facts_;
    std::string trouble_;
    std::string cut_;                      ///< trouble to tell when the whole records are read
    std::uint64_t n_records_ = 0;          ///< whole ones in the file
    std::uint64_t n_read_ = 0;
    std::uint64_t n_pieces_ = 1;           ///< of a record
    std::uint64_t piece_ = 1;
    std::optional<double> file_onset_s_;   ///< of the first record: the start's fraction of a second
    double expected_s_ = 0.0;              ///< when the next record begins if nothing is missing
    double record_start_s_ = 0.0;
    std::int64_t last_stamp_ns_ = 0;
};

void EdfReader::check_range(const EdfSignal& signal) const {
    const auto refuse = [&](const char* which, std::uint64_t byte) {
        throw damaged(recording_.path, byte, fmt::format("signal '{}' has the same {} minimum and maximum, so it has no scale", signal.label, which),
                      "mend the field, or take other signals with channels=");
    };
    if (signal.digital_min == signal.digital_max) refuse("digital", signal.header_byte);
    if (signal.physical_min == signal.physical_max) refuse("physical", signal.header_byte);
}

Signal EdfReader::signal_of(const EdfSignal& from) const {
    Signal signal;
    signal.info.label = from.label;
    signal.kind = kind_of_label(from.label);
    const double span = static_cast<double>(from.digital_max) - static_cast<double>(from.digital_min);
    if (span != 0.0) signal.info.scale = (from.physical_max - from.physical_min) / span;
    signal.info.offset = from.physical_min - static_cast<double>(from.digital_min) * signal.info.scale;
    signal.info.raw_min = static_cast<double>(std::min(from.digital_min, from.digital_max));
    signal.info.raw_max = static_cast<double>(std::max(from.digital_min, from.digital_max));
    set_unit(signal, from.unit);
    return signal;
}

void EdfReader::plan_streams(const ReadOptions& options) {
    std::vector<Signal> signals;
    std::vector<std::size_t> origin;
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < header_.signals.size(); ++i) {
        const EdfSignal& from = header_.signals[i];
        if (from.annotations) continue;
        signals.push_back(signal_of(from));
        if (signals.back().info.label.empty()) signals.back().info.label = fmt::format("ch{}", signals.size());
        labels.push_back(signals.back().info.label);
        origin.push_back(i);
    }
    settle_kinds(signals, options, recording_.path, facts_.notes);
    for (const std::size_t i : chosen_channels(labels, options, recording_.path)) {
        if (header_.signals[origin[i]].n_samples == 0) {
            add_note(facts_.notes, fmt::format("signal '{}' has no samples; it is left out", labels[i]));
            continue;
        }
        check_range(header_.signals[origin[i]]);
        add_to_stream(origin[i], signals[i], options);
    }
}

void EdfReader::add_to_stream(std::size_t signal, const Signal& from, const ReadOptions& options) {
    const EdfSignal& edf = header_.signals[signal];
    std::size_t s = 0;
    while (s < lanes_.size() && (lanes_[s].n_samples != edf.n_samples || streams_[s].kind != *from.kind)) ++s;
    if (s == lanes_.size()) {
        StreamInfo info;
        info.name = stream_name(streams_, *from.kind);
        info.kind = *from.kind;
        info.rate = edf_rate(header_, edf, recording_.path);
        info.type = SampleType::int32;
        info.jump_cause = GapCause::recording;
        info.device_id = "file:" + file_name(recording_.path);
        if (options.rate && info.kind == StreamKind::emg && std::abs(options.rate->hz() - info.rate.hz()) > 1e-6 * info.rate.hz()) {
            throw usage_error(fmt::format("{}: rate={:g} was asked for, but the file itself says {:g} Hz; leave the option out",
                                          recording_.path, options.rate->hz(), info.rate.hz()));
        }
        streams_.push_back(std::move(info));
        lanes_.emplace_back();
        lanes_.back().n_samples = edf.n_samples;
    }
    streams_[s].channels.push_back(from.info);
    lanes_[s].signals.push_back(signal);
}

void EdfReader::plan_records() {
    const std::uint64_t size = recording_.file->size();
    const std::uint64_t data_bytes = size - std::min(size, header_.header_bytes);
    const std::uint64_t n_whole = data_bytes / header_.record_bytes;
    const std::uint64_t n_stated = header_.n_records.value_or(n_whole);
    n_records_ = std::min(n_whole, n_stated);
    if (!header_.n_records && data_bytes > 0) {
        add_note(facts_.notes, fmt::format("the number of records was never written (a recording that was not closed): the {} in the file are read", n_whole));
    }
    const std::uint64_t rest = data_bytes - n_records_ * header_.record_bytes;
    if (n_whole < n_stated || (!header_.n_records && rest > 0)) {
        cut_ = fmt::format("truncated: record {} of {} is cut at byte {}; everything before it was read", n_records_ + 1,
                           header_.n_records ? fmt::format("{}", n_stated) : "an unknown number", size);
    } else if (rest > 0) {
        add_note(facts_.notes, fmt::format("{} byte{} after the last record, from byte {} on, are no record; they are left out", rest,
                                           rest == 1 ? "" : "s", size - rest));
    }
    facts_.duration_s = static_cast<double>(n_records_) * header_.record_s;
    if (*facts_.duration_s > limits::kEndS) {
        throw damaged(recording_.path, 244, fmt::format("{} records of {} s would last decades", n_records_, header_.record_s),
                      "write the duration of a record there");
    }
    if (n_records_ > 0) record_.resize(header_.record_bytes);  // so never more than the file holds
    if (n_records_ == 0) trouble_ = cut_;
}

void EdfReader::plan_pieces() {
    std::uint64_t n_most = 1;
    for (const Lane& lane : lanes_) n_most = std::max(n_most, lane.n_samples);
    const double n_pieces = std::ceil(header_.record_s / kStretchS);
    n_pieces_ = n_pieces < static_cast<double>(n_most) ? std::max<std::uint64_t>(1, static_cast<std::uint64_t>(n_pieces)) : n_most;
    piece_ = n_pieces_;
    for (std::size_t s = 0; s < lanes_.size(); ++s) {
        Lane& lane = lanes_[s];
        if (n_records_ > 0) lane.samples.resize((lane.n_samples / n_pieces_ + 1) * lane.signals.size());
    }
    pushes_.reserve(lanes_.size());
}

/// Reads the next whole record and its times. False at the end.
bool EdfReader::load_record() {
    if (n_read_ == n_records_) {
        trouble_ = trouble_.empty() ? cut_ : trouble_;
        if (header_.discontinuous) facts_.duration_s = expected_s_;
        return false;
    }
    const std::uint64_t at = header_.header_bytes + n_read_ * header_.record_bytes;
    if (recording_.file->read_at(at, record_) != record_.size()) {
        throw input_error(fmt::format("truncated: record {} of {} is cut: the file was shortened while it was read", n_read_ + 1, n_records_));
    }
    const ByteView record{record_};
    std::optional<double> onset_s;
    for (const EdfSignal& signal : header_.signals) {
        if (!signal.annotations) continue;
        const EdfTimes times = read_edf_annotations(record.part(signal.first_byte, signal.n_samples * header_.sample_bytes), facts_.annotations);
        if (!onset_s) onset_s = times.record_s;
        if (times.damaged) add_note(facts_.notes, fmt::format("record {}: annotations after byte {} are damaged and left out", n_read_ + 1, at + signal.first_byte));
    }
    place_record(onset_s);
    ++n_read_;
    piece_ = 0;
    return true;
}

/// Gives the record its time and its frames their index.
void EdfReader::place_record(std::optional<double> onset_s) {
    if (!file_onset_s_) file_onset_s_ = onset_s.value_or(0.0);
    double start_s = expected_s_;
    double fastest_hz = 0.0;
    for (const StreamInfo& stream : streams_) fastest_hz = std::max(fastest_hz, stream.rate.hz());
    if (header_.discontinuous) {
        const double skipped_s = onset_s ? *onset_s - *file_onset_s_ - expected_s_ : 0.0;
        if (!onset_s || skipped_s > limits::kGapS || expected_s_ + skipped_s > limits::kEndS || skipped_s * fastest_hz < -0.5) {
            add_note(facts_.notes, fmt::format("record {} {}; it is taken to follow the one before", n_read_ + 1,
                                               onset_s ? "has a time that cannot be" : "has no time"));
        } else if (skipped_s * fastest_hz > 0.5) {  // less is the rounding of the written times
            start_s += skipped_s;
        }
    }
    for (std::size_t s = 0; s < lanes_.size(); ++s) {
        Lane& lane = lanes_[s];
        lane.record_index = lane.next_index;
        if (start_s > expected_s_) {
            lane.record_index = std::max(lane.next_index, static_cast<std::uint64_t>(std::llround(start_s * streams_[s].rate.hz())));
        }
        lane.next_index = lane.record_index + lane.n_samples;
    }
    record_start_s_ = start_s;
    expected_s_ = start_s + header_.record_s;
}

void EdfReader::decode(Lane& lane, std::uint64_t first, std::uint64_t n_frames) noexcept {
    const ByteView record{record_};
    const std::size_t n_bytes = header_.sample_bytes, n_channels = lane.signals.size();
    for (std::size_t c = 0; c < n_channels; ++c) {
        const ByteView samples = record.part(header_.signals[lane.signals[c]].first_byte + first * n_bytes, n_frames * n_bytes);
        for (std::size_t f = 0; f < n_frames; ++f) {
            const auto value = n_bytes == 2 ? samples.i16(2 * f) : samples.i24(3 * f);
            lane.samples[f * n_channels + c] = value.value_or(0);  // the record is whole: always there
        }
    }
}

void EdfReader::push_piece(FrameSink& sink) noexcept {
    const auto first_of = [&](const Lane& lane, std::uint64_t piece) {
        return (lane.n_samples * piece + n_pieces_ - 1) / n_pieces_;
    };
    pushes_.clear();
    for (std::size_t s = 0; s < lanes_.size(); ++s) {
        Lane& lane = lanes_[s];
        const std::uint64_t first = first_of(lane, piece_), end = first_of(lane, piece_ + 1);
        if (first == end) continue;
        decode(lane, first, end - first);
        const Rate& rate = streams_[s].rate;
        const std::int64_t stamp = header_.discontinuous
                                       ? static_cast<std::int64_t>(record_start_s_ * kNsPerS + 0.5) + stamp_ns(rate, end - 1)
                                       : stamp_ns(rate, lane.record_index + end - 1);
        pushes_.push_back({stamp, s, lane.record_index + first, end - first});
    }
    std::sort(pushes_.begin(), pushes_.end(), [](const Push& a, const Push& b) {
        return a.stamp_ns != b.stamp_ns ? a.stamp_ns < b.stamp_ns : a.stream < b.stream;
    });
    for (const Push& push : pushes_) {
        last_stamp_ns_ = std::max(last_stamp_ns_, push.stamp_ns);
        const std::size_t n_channels = lanes_[push.stream].signals.size();
        const std::span<const std::int32_t> samples{lanes_[push.stream].samples};
        sink.push(push.stream, push.index, raw_frames(samples.first(push.n_frames * n_channels), n_channels, last_stamp_ns_));
    }
    ++piece_;
}

bool recognises(ByteView head) {
    if (head.u8(0) == 0xff && head.text(1, 7) == "BIOSEMI") return true;
    // The version is followed by padded fields without a line end; a table of numbers has one. A file
    // cut within its version is still one, so that the message is about its header.
    constexpr std::string_view version = "0       ";
    const std::string_view text = head.text().substr(0, 256);
    return text.substr(0, version.size()) == version.substr(0, text.size()) && text.find('\n') == std::string_view::npos;
}

std::unique_ptr<RecordingReader> open_edf(RecordingFile recording, const ReadOptions& options) {
    return std::make_unique<EdfReader>(std::move(recording), options);
}

}  // namespace

const RecordingFormat edf_format{
    .name = "EDF and BDF", .extensions = ".edf .bdf", .recognises = &recognises, .open = &open_edf};

}  // namespace tonus::formats
