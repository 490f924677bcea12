#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/edf_scaling.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/new_file.hpp"
#include "engine/formats/record_assembly.hpp"
#include "engine/formats/writer_formats.hpp"

namespace tonus::formats {
namespace {

constexpr std::uint64_t kStepsPerS = 10'000;         // record durations are tried in steps of 0.1 ms
constexpr std::uint64_t kStepsMax = 60 * kStepsPerS;
constexpr std::size_t kTimeBytes = 24;               // of the list that says when a record begins
constexpr std::size_t kRecordCountAt = 236;

/// The variant of the format.
struct EdfKind {
    const char* name;
    std::size_t n_bytes;          ///< of a sample
    std::uint64_t record_bytes;   ///< at most
};
constexpr EdfKind kEdf{"EDF", 2, 61'440};
constexpr EdfKind kBdf{"BDF", 3, 15'728'640};

/// The duration of a record, in steps, that holds whole samples of every stream; the nearest to a second.
std::uint64_t record_steps(const RecordingContent& content, const EdfKind& kind, const std::string& path) {
    std::uint64_t best = 0;
    for (std::uint64_t n = 1; n <= kStepsMax; ++n) {
        std::uint64_t n_bytes = 0;
        bool whole = true;
        for (const StreamContent& stream : content.streams) {
            const auto samples = checked_product(stream.info.rate.num, n);
            const std::uint64_t den = stream.info.rate.den * kStepsPerS;
            whole = whole && samples && *samples % den == 0;
            if (!whole) break;
            n_bytes += *samples / den * kind.n_bytes * stream.info.channels.size();
        }
        const auto off = [](std::uint64_t steps) { return steps > kStepsPerS ? steps - kStepsPerS : kStepsPerS - steps; };
        if (whole && n_bytes <= kind.record_bytes && (best == 0 || off(n) < off(best))) best = n;
    }
    if (best == 0) {
        throw usage_error(fmt::format("{}: these rates share no {} record of up to a minute; write one stream with --streams, or XDF", path, kind.name));
    }
    return best;
}

std::string field(const std::string& text, std::size_t width) {
    std::string ascii;
    for (const char c : text.substr(0, width)) ascii += c >= ' ' && c <= '~' ? c : '?';
    ascii.resize(width, ' ');
    return ascii;
}

/// "2026-11-21T10:20:30..." as the header's "21.11.26" and "10.20.30", and as "21-NOV-2026".
struct EdfStart {
    std::string date = "01.01.85";
    std::string time = "00.00.00";
    std::string long_date = "X";
    bool known = false;
};

EdfStart start_of(const std::string& text) {
    static constexpr std::array<const char*, 12> months{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    EdfStart start;
    const auto digits = [&](std::size_t at, std::size_t n) {
        int value = -1;
        for (std::size_t i = at; i < at + n && i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0; ++i) value = std::max(0, value) * 10 + (text[i] - '0');
        return value;
    };
    const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2), hour = digits(11, 2), minute = digits(14, 2), second = digits(17, 2);
    start.known = text.size() >= 19 && year >= 1985 && year < 2085 && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour >= 0 && hour < 24 &&
                  minute >= 0 && minute < 60 && second >= 0 && second < 60;
    if (!start.known) return start;
    start.date = fmt::format("{:02}.{:02}.{:02}", day, month, year % 100);
    start.time = fmt::format("{:02}.{:02}.{:02}", hour, minute, second);
    start.long_date = fmt::format("{:02}-{}-{}", day, months[static_cast<std::size_t>(month - 1)], year);
    return start;
}

class EdfWriter final : public RecordingWriter {
public:
    EdfWriter(Files& files, const std::string& path, const RecordingContent& content, const EdfKind& kind)
        : content_(content), kind_(&kind), n_steps_(record_steps(content, kind, path)), file_(files, path) {
        paths_ = {path};
        for (const StreamContent& stream : content_.streams) plan(stream);
        plan_annotations();
        records_ = RecordAssembly{empty_record(), lanes_.size()};
        for (std::size_t s = 0; s < lanes_.size(); ++s) tell_done(s, 0);
        write_header();
        tell_losses();
    }

    void write(std::size_t s, std::uint64_t first_index, RawFrames frames) override {
        Lane& lane = lanes_[s];
        for (std::size_t f = 0; f < frames.n_frames; ++f) {
            const std::uint64_t frame = first_index + lane.shift + f, record = frame / lane.n_per_record;
            std::string& into = records_.record(record);
            for (std::size_t c = 0; c < frames.n_channels; ++c) {
                const std::int32_t value = lane.scalings[c].digital(frames.at(f, c));
                put_sample(into, lane.at + (c * lane.n_per_record + frame % lane.n_per_record) * kind_->n_bytes, value);
            }
        }
        tell_done(s, first_index + frames.n_frames);
        write_finished();
    }

    void close() override {
        write_finished();
        file_.write_at(kRecordCountAt, field(fmt::format("{}", n_written_), 8));
        file_.commit();
    }

private:
    struct Lane {
        std::uint64_t n_per_record = 0;
        std::uint64_t shift = 0;   ///< frames that the stream begins after the recording
        std::size_t at = 0;        ///< of its samples in a record
        std::vector<EdfScaling> scalings = {};
    };

    /// Frames of a stream before `index` come no more; after its last one none does.
    void tell_done(std::size_t s, std::uint64_t index) {
        const bool over = index >= content_.streams[s].end_index;
        records_.done(s, over ? RecordAssembly::kAll : (index + lanes_[s].shift) / lanes_[s].n_per_record);
    }

    void plan(const StreamContent& stream) {
        Lane lane;
        lane.n_per_record = stream.info.rate.num * n_steps_ / (stream.info.rate.den * kStepsPerS);
        lane.shift = stream.info.rate.frames_in(stream.begin_s);
        lane.at = n_sample_bytes_;
        for (std::size_t c = 0; c < stream.info.channels.size(); ++c) {
            lane.scalings.push_back(EdfScaling{stream.info.channels[c], stream.channels[c], kind_->n_bytes * 8});
        }
        n_sample_bytes_ += lane.n_per_record * stream.info.channels.size() * kind_->n_bytes;
        n_records_min_ = std::max(n_records_min_, (stream.n_frames() + lane.n_per_record - 1) / lane.n_per_record);
        lanes_.push_back(std::move(lane));
    }

    /// What is lost is said where it is lost; then room is made so that all texts find a record.
    void plan_annotations() {
        for (const RecordingNote& note : content_.annotations) annotations_.push_back(note);
        for (const StreamContent& stream : content_.streams) {
            for (const Hole& hole : stream.holes) {
                annotations_.push_back({.onset_s = stream.begin_s + stream.info.rate.time_s(hole.first), .duration_s = stream.info.rate.time_s(hole.n_frames),
                                        .text = fmt::format("dropped {} of {}", hole.n_frames, stream.info.name)});
            }
        }
        std::stable_sort(annotations_.begin(), annotations_.end(), [](const RecordingNote& a, const RecordingNote& b) { return a.onset_s < b.onset_s; });
        std::size_t n_all = 0, n_longest = 0;
        for (const RecordingNote& note : annotations_) {
            n_all += list_of(note).size();
            n_longest = std::max(n_longest, list_of(note).size());
        }
        n_annotation_bytes_ = kTimeBytes + n_longest + n_all / n_records_min_;
        n_annotation_bytes_ = (n_annotation_bytes_ + 11) / 6 * 6;  // whole samples of two and of three bytes
    }

    static std::string list_of(const RecordingNote& note) {
        std::string text = note.text;
        for (char& c : text) {
            if (static_cast<unsigned char>(c) < 0x20) c = ' ';
        }
        const std::string duration = note.duration_s ? fmt::format("\x15{:.6f}", *note.duration_s) : "";
        return fmt::format("{:+.6f}{}\x14{}\x14", note.onset_s, duration, text) + '\0';
    }

    /// A record without any sample: each has the value below all real ones.
    std::string empty_record() const {
        std::string record(n_sample_bytes_ + n_annotation_bytes_, '\0');
        const std::int32_t least = EdfScaling::nothing(kind_->n_bytes * 8);
        for (std::size_t at = 0; at < n_sample_bytes_; at += kind_->n_bytes) put_sample(record, at, least);
        return record;
    }

    void put_sample(std::string& bytes, std::size_t at, std::int32_t value) const {
        for (std::size_t i = 0; i < kind_->n_bytes; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xff);
    }

    /// Writes the records that no stream adds to any more, with as many remarks as find room.
    void write_finished() {
        while (std::optional<RecordAssembly::Record> record = records_.next()) {
            std::string lists = fmt::format("+{:.4f}\x14\x14", static_cast<double>(record->number * n_steps_) / static_cast<double>(kStepsPerS)) + '\0';
            for (; next_annotation_ < annotations_.size(); ++next_annotation_) {
                const std::string list = list_of(annotations_[next_annotation_]);
                if (lists.size() + list.size() > n_annotation_bytes_) break;
                lists += list;
            }
            record->bytes.replace(n_sample_bytes_, lists.size(), lists);
            file_.write(record->bytes);
            ++n_written_;
        }
    }

    /// True where between the beginning and the end there is a record without any sample.
    bool leaves_out_records() const {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> kept;  // by each stretch without a hole: its first record and its last
        for (std::size_t s = 0; s < lanes_.size(); ++s) {
            const StreamContent& stream = content_.streams[s];
            const auto keep = [&, &lane = lanes_[s]](std::uint64_t from, std::uint64_t to) {
                if (from < to) kept.emplace_back((from + lane.shift) / lane.n_per_record, (to - 1 + lane.shift) / lane.n_per_record);
            };
            std::uint64_t from = 0;
            for (const Hole& hole : stream.holes) {
                keep(from, hole.first);
                from = hole.first + hole.n_frames;
            }
            keep(from, stream.end_index);
        }
        std::sort(kept.begin(), kept.end());
        std::uint64_t next = 0;
        for (const auto& [first, last] : kept) {
            if (first > next) return true;
            next = std::max(next, last + 1);
        }
        return false;
    }

    void write_header();
    void tell_losses();

    RecordingContent content_;
    const EdfKind* kind_;
    std::uint64_t n_steps_;
    NewFile file_;
    std::vector<Lane> lanes_;
    std::vector<RecordingNote> annotations_;
    std::size_t next_annotation_ = 0;
    std::size_t n_sample_bytes_ = 0;      ///< of a record
    std::size_t n_annotation_bytes_ = 0;
    std::uint64_t n_records_min_ = 1;     ///< that there will be
    RecordAssembly records_{{}, 0};
    std::uint64_t n_written_ = 0;
};

void EdfWriter::write_header() {
    const EdfStart start = start_of(content_.start);
    const bool bdf = kind_ == &kBdf;
    struct Column {
        std::string label, unit, physical_min, physical_max, digital_min, digital_max, n_samples;
    };
    std::vector<Column> columns;
    for (std::size_t s = 0; s < lanes_.size(); ++s) {
        for (std::size_t c = 0; c < lanes_[s].scalings.size(); ++c) {
            const EdfScaling& scaling = lanes_[s].scalings[c];
            columns.push_back({content_.streams[s].info.channels[c].label, scaling.unit(), scaling.physical_min(), scaling.physical_max(),
                               fmt::format("{}", scaling.digital_min()), fmt::format("{}", scaling.digital_max()), fmt::format("{}", lanes_[s].n_per_record)});
        }
    }
    const std::int32_t least = EdfScaling::nothing(kind_->n_bytes * 8);
    columns.push_back({fmt::format("{} Annotations", kind_->name), "", "-1", "1", fmt::format("{}", least), fmt::format("{}", -(least + 1)),
                       fmt::format("{}", n_annotation_bytes_ / kind_->n_bytes)});
    if (columns.size() > 9999 || columns.size() > limits::kColumns) throw usage_error(fmt::format("{}: {} channels are more than {} holds", file_.path(), columns.size(), kind_->name));

    std::string head = bdf ? "\xff" "BIOSEMI" : field("0", 8);
    head += field("X X X X", 80) + field(fmt::format("Startdate {} X X X", start.long_date), 80) + start.date + start.time;
    head += field(fmt::format("{}", 256 * (columns.size() + 1)), 8);
    head += field(fmt::format("{}+{}", kind_->name, leaves_out_records() ? "D" : "C"), 44) + field("-1", 8);
    head += field(fmt::format("{:g}", static_cast<double>(n_steps_) / static_cast<double>(kStepsPerS)), 8) + field(fmt::format("{}", columns.size()), 4);
    const auto each = [&](std::size_t width, auto get) {
        for (const Column& column : columns) head += field(get(column), width);
    };
    each(16, [](const Column& c) { return c.label; });
    each(80, [](const Column&) { return std::string{}; });
    each(8, [](const Column& c) { return c.unit; });
    each(8, [](const Column& c) { return c.physical_min; });
    each(8, [](const Column& c) { return c.physical_max; });
    each(8, [](const Column& c) { return c.digital_min; });
    each(8, [](const Column& c) { return c.digital_max; });
    each(80, [](const Column&) { return std::string{}; });
    each(8, [](const Column& c) { return c.n_samples; });
    each(32, [](const Column&) { return std::string{}; });
    file_.write(head);
}

void EdfWriter::tell_losses() {
    if (!start_of(content_.start).known) losses_.push_back("the start time is not known: 1985-01-01 stands for it");
    std::uint64_t n_filled = 0, n_missing = 0;
    bool fills_last = false;
    for (std::size_t s = 0; s < lanes_.size(); ++s) {
        const StreamContent& stream = content_.streams[s];
        const double off_s = stream.begin_s - stream.info.rate.time_s(lanes_[s].shift);
        if (std::abs(off_s) > 1e-9) losses_.push_back(fmt::format("'{}' begins {:+.6f} s off: samples lie on whole sampling steps", stream.info.name, off_s));
        double error = 0.0;
        for (std::size_t c = 0; c < lanes_[s].scalings.size(); ++c) {
            const ChannelInfo& info = stream.info.channels[c];
            error = std::max(error, lanes_[s].scalings[c].error());
            n_missing += stream.channels[c].n_missing;
            if (info.label.size() > 16) losses_.push_back(fmt::format("label '{}' is cut to 16 characters", info.label));
        }
        if (error > 0.0) losses_.push_back(fmt::format("'{}': values are rounded, by {:.3g} {} at most", stream.info.name, error, lanes_[s].scalings[0].unit()));
        for (const Hole& hole : stream.holes) n_filled += hole.n_frames;
        fills_last = fills_last || (lanes_[s].shift + stream.end_index) % lanes_[s].n_per_record != 0;
    }
    if (n_filled > 0) losses_.push_back(fmt::format("{} lost frames: records without a sample are left out, in others {} stands for a lost one; annotations 'dropped N' say where", n_filled, EdfScaling::nothing(kind_->n_bytes * 8)));
    if (n_missing > 0) losses_.push_back(fmt::format("{} missing values have {} instead", n_missing, EdfScaling::nothing(kind_->n_bytes * 8)));
    if (fills_last) losses_.push_back(fmt::format("the last record is filled up with {}", EdfScaling::nothing(kind_->n_bytes * 8)));
}

template <const EdfKind& kind>
std::unique_ptr<RecordingWriter> make(Files& files, const std::string& path, const RecordingContent& content) {
    return std::make_unique<EdfWriter>(files, path, content, kind);
}

}  // namespace

const WriterFormat edf_writer{.name = "EDF+", .extension = ".edf", .make = &make<kEdf>};
const WriterFormat bdf_writer{.name = "BDF+", .extension = ".bdf", .make = &make<kBdf>};

}  // namespace tonus::formats
