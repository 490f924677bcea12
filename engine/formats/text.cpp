#include "engine/formats/text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"
#include "engine/formats/mapped_table.hpp"
#include "engine/formats/text_layout.hpp"

namespace tonus::formats {
namespace {

constexpr double kStretchS = 0.1;
constexpr double kRateMinHz = 1e-3;
constexpr double kRateMaxHz = 1e6;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// A stream and the columns that make it.
struct Lane {
    std::vector<std::size_t> columns;
    std::vector<double> samples;  ///< of one stretch, interleaved
};

class TextReader final : public RecordingReader {
public:
    TextReader(RecordingFile recording, const ReadOptions& options)
        : recording_(std::move(recording)),
          layout_(options.csv ? read_mapped_layout(recording_, *options.csv) : read_text_layout(recording_)),
          lines_(*recording_.file, layout_.data_offset, layout_.lines_before) {
        facts_.format = layout_.format;
        facts_.start = layout_.start;
        facts_.notes = layout_.notes;
        find_ordering_columns();
        plan_streams(options);
    }

    std::span<const StreamInfo> streams() const noexcept override { return streams_; }
    std::string_view trouble() const noexcept override { return trouble_; }
    const RecordingFacts& facts() const noexcept override { return facts_; }
    double progress() const noexcept override {
        return ended_ ? 1.0 : static_cast<double>(lines_.offset()) / static_cast<double>(recording_.file->size());
    }

    bool next(FrameSink& sink) noexcept override {
        try {
            return next_stretch(sink);
        } catch (const std::exception& error) {
            trouble_ = error.what();
            ended_ = true;
            return false;
        }
    }

private:
    void find_ordering_columns();
    void plan_streams(const ReadOptions& options);
    Rate rate_of(const ReadOptions& options);
    Rate rate_of_times() const;
    bool next_stretch(FrameSink& sink);
    bool next_row();
    bool is_cut() const;
    double value_at(std::size_t column);
    std::uint64_t rows_missing();
    void take_row();
    void push(FrameSink& sink) noexcept;
    void finish();

    RecordingFile recording_;
    TextLayout layout_;
    LineReader lines_;
    std::vector<StreamInfo> streams_;
    std::vector<Lane> lanes_;
    std::vector<std::string_view> cells_;
    std::optional<std::size_t> counter_column_;
    std::optional<std::size_t> time_column_;
    RecordingFacts facts_;
    std::string trouble_;
    Rate rate_;
    std::size_t n_frames_most_ = 1;      ///< of a stretch
    std::size_t n_frames_ = 0;           ///< in the lanes, waiting for their push
    std::uint64_t first_index_ = 0;      ///< of those
    std::uint64_t next_index_ = 0;
    std::optional<double> last_count_;   ///< of the counter or the time column
    bool row_waits_ = false;             ///< cells_ hold a row beyond a hole
    bool ended_ = false;
    std::uint64_t n_bad_cells_ = 0;
    std::uint64_t first_bad_line_ = 0;
    std::size_t first_bad_column_ = 0;
    std::string first_bad_cell_;
};

void TextReader::find_ordering_columns() {
    for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
        if (layout_.columns[i].role == ColumnRole::counter) counter_column_ = i;
        if (layout_.columns[i].role == ColumnRole::time) time_column_ = i;
    }
}

/// Times are written with few digits: the rate is the whole number they allow, if they allow one.
Rate TextReader::rate_of_times() const {
    const double step = *layout_.time_step_s;
    const double hz = 1.0 / step;
    if (!(hz >= kRateMinHz && hz <= kRateMaxHz)) {
        throw input_error(fmt::format("{}: the times rise by {:g} s from row to row, which is no sampling rate; say the unit of the times in their heading", recording_.path, step));
    }
    const double relative = 2.0 * layout_.time_error_s / (step * static_cast<double>(limits::kProbeRows)) + 1e-6;
    const double whole = std::round(hz);
    return rate_from_hz(whole >= 1.0 && std::abs(hz - whole) <= relative * hz ? whole : hz);
}

Rate TextReader::rate_of(const ReadOptions& options) {
    const std::optional<Rate> stated = layout_.rate             ? layout_.rate
                                       : layout_.time_step_s ? std::optional{rate_of_times()}
                                                             : std::nullopt;
    if (options.rate) {
        if (stated && std::abs(options.rate->hz() / stated->hz() - 1.0) > 0.01) {
            add_note(facts_.notes, fmt::format("the file says {:g} Hz, the option rate={:g} is taken", stated->hz(), options.rate->hz()));
        }
        return *options.rate;
    }
    if (stated) return *stated;
    throw usage_error(fmt::format("{}: the file does not say its sampling rate; add it to the address, as in file:{}?rate=1000",
                                  recording_.path, recording_.path));
}

void TextReader::plan_streams(const ReadOptions& options) {
    std::vector<Signal> signals;
    std::vector<std::size_t> origin;
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
        if (layout_.columns[i].role != ColumnRole::signal) continue;
        Signal signal = layout_.columns[i].signal;
        if (signal.info.label.empty()) signal.info.label = fmt::format("ch{}", signals.size() + 1);
        labels.push_back(signal.info.label);
        signals.push_back(std::move(signal));
        origin.push_back(i);
    }
    settle_kinds(signals, options, recording_.path, facts_.notes);
    rate_ = rate_of(options);
    for (const std::size_t i : chosen_channels(labels, options, recording_.path)) {
        const StreamKind kind = *signals[i].kind;
        std::size_t s = 0;
        while (s < streams_.size() && streams_[s].kind != kind) ++s;
        if (s == streams_.size()) {
            streams_.push_back({.name = stream_name(streams_, kind), .kind = kind, .rate = rate_, .type = SampleType::float64,
                                .channels = {}, .jump_cause = GapCause::recording,
                                .device_id = "file:" + file_name(recording_.path)});
            lanes_.emplace_back();
        }
        streams_[s].channels.push_back(signals[i].info);
        lanes_[s].columns.push_back(origin[i]);
    }
    n_frames_most_ = std::clamp<std::size_t>(rate_.frames_in(kStretchS), 1, std::max<std::size_t>(1, limits::kStretchValues / std::max<std::size_t>(1, layout_.columns.size())));
    for (Lane& lane : lanes_) lane.samples.reserve(n_frames_most_ * lane.columns.size());
}

double TextReader::value_at(std::size_t column) {
    if (column >= cells_.size() || cells_[column].empty()) return kNaN;
    const std::optional<double> value = number_in(layout_, cells_[column]);
    if (value) return *value;
    if (n_bad_cells_++ == 0) {
        first_bad_line_ = lines_.line_number();
        first_bad_column_ = column + 1;
        first_bad_cell_ = clean_text(cells_[column], limits::kLabelBytes);
    }
    return kNaN;
}

/// True for a last line that broke off: fewer cells than the table has, or a number without an end.
bool TextReader::is_cut() const {
    std::size_t n_needed = 0;
    for (std::size_t i = 0; i < layout_.columns.size(); ++i) {
        if (layout_.columns[i].role != ColumnRole::skipped) n_needed = i + 1;
    }
    return cells_.size() < n_needed;
}

/// Brings the next row into cells_. False at the end.
bool TextReader::next_row() {
    for (;;) {
        const LineReader::Got got = lines_.next();
        if (got == LineReader::Got::end) return false;
        if (got == LineReader::Got::too_long) {
            trouble_ = fmt::format("line {} is longer than {} bytes; everything before it was read", lines_.line_number(), limits::kLineBytes);
            return false;
        }
        if (trimmed(lines_.line()).empty()) {
            if (layout_.blank_line_ends) return false;
            continue;
        }
        split_cells(lines_.line(), layout_.separator, cells_);
        if (!lines_.closed() && is_cut()) {
            trouble_ = fmt::format("truncated: line {} breaks off; everything before it was read", lines_.line_number());
            return false;
        }
        return true;
    }
}

/// Rows that the counter or the times say are missing before this one.
std::uint64_t TextReader::rows_missing() {
    const std::optional<std::size_t> column = counter_column_ ? counter_column_ : time_column_;
    if (!column) return 0;
    const double count = value_at(*column);
    if (!std::isfinite(count)) {
        if (last_count_) *last_count_ += counter_column_ ? 1.0 : rate_.time_s(1) / layout_.time_unit_s;
        return 0;
    }
    const std::optional<double> before = std::exchange(last_count_, count);
    if (!before) return 0;
    if (counter_column_) {
        double missing = count - *before - 1.0;
        const auto modulus = static_cast<double>(layout_.counter_modulus);
        if (missing < 0.0 && modulus > 0.0) missing += modulus;
        return missing >= 0.5 && missing / rate_.hz() < limits::kGapS ? static_cast<std::uint64_t>(std::llround(missing)) : 0;
    }
    const double elapsed_s = (count - *before) * layout_.time_unit_s;
    const double step_s = rate_.time_s(1);
    // Times rounded to whole milliseconds stand still and leap: only more than that is a hole.
    const double slack_s = std::max(0.5 * step_s, 2.0 * layout_.time_error_s);
    if (elapsed_s - step_s <= slack_s || elapsed_s > limits::kGapS) return 0;
    return static_cast<std::uint64_t>(std::llround(elapsed_s / step_s)) - 1;
}

void TextReader::take_row() {
    for (Lane& lane : lanes_) {
        for (const std::size_t column : lane.columns) lane.samples.push_back(value_at(column));
    }
    ++n_frames_;
    ++next_index_;
}

void TextReader::push(FrameSink& sink) noexcept {
    const std::int64_t stamp = stamp_ns(rate_, next_index_ - 1);
    for (std::size_t s = 0; s < lanes_.size(); ++s) {
        sink.push(s, first_index_, raw_frames(std::span<const double>{lanes_[s].samples}, lanes_[s].columns.size(), stamp));
        lanes_[s].samples.clear();
    }
    n_frames_ = 0;
}

bool TextReader::next_stretch(FrameSink& sink) {
    if (ended_) return false;
    while (n_frames_ < n_frames_most_) {
        if (!row_waits_) {
            if (!next_row()) {
                ended_ = true;
                break;
            }
            std::uint64_t missing = rows_missing();
            if (missing > 0 && rate_.time_s(next_index_) > limits::kEndS) missing = 0;
            if (missing > 0 && n_frames_ > 0) {
                // The stretch ends at the hole; the row that was read begins the next one.
                const std::uint64_t end = next_index_;
                push(sink);
                next_index_ = end + missing;
                row_waits_ = true;
                return true;
            }
            next_index_ += missing;
        }
        row_waits_ = false;
        if (n_frames_ == 0) first_index_ = next_index_;
        take_row();
    }
    const bool any = n_frames_ > 0;
    if (any) push(sink);
    if (ended_) finish();
    return any;
}

void TextReader::finish() {
    facts_.duration_s = rate_.time_s(next_index_);
    if (n_bad_cells_ > 0) {
        add_note(facts_.notes, fmt::format("{} cell{} no number (the first, '{}', in line {}, column {}); such samples are missing values", n_bad_cells_,
                                           n_bad_cells_ == 1 ? " is" : "s are", first_bad_cell_, first_bad_line_, first_bad_column_));
    }
}

bool recognises(ByteView head) {
    if (head.size() >= 2 && ((head.u8(0) == 0xff && head.u8(1) == 0xfe) || (head.u8(0) == 0xfe && head.u8(1) == 0xff))) return false;
    const std::string_view text = head.text();
    // Text has no control characters but white space; one zero byte and it is something else.
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\v';
    });
}

std::unique_ptr<RecordingReader> open_text(RecordingFile recording, const ReadOptions& options) {
    return std::make_unique<TextReader>(std::move(recording), options);
}

}  // namespace

const RecordingFormat text_format{
    .name = "text tables", .extensions = ".csv .txt .tsv .dat", .recognises = &recognises, .open = &open_text};

}  // namespace tonus::formats
