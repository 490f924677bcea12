#include "engine/formats/wfdb_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/line_reader.hpp"

namespace tonus::formats {
namespace {

using Cells = std::vector<std::string_view>;

constexpr std::array kFormats{8, 16, 24, 32, 61, 80, 160, 212, 310, 311};
constexpr std::array kCompressed{508, 516, 524};

/// Takes a number off the front; nothing when there is none.
template <class T>
std::optional<T> take_number(std::string_view& text) {
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

template <class T>
std::optional<T> whole_number(std::string_view text) {
    const std::optional<T> value = take_number<T>(text);
    return value && text.empty() ? value : std::nullopt;
}

/// "16x2:3+512": format, samples per frame, skew, bytes before the samples.
bool read_format(std::string_view text, WfdbSignal& signal) {
    const std::optional<int> format = take_number<int>(text);
    if (!format) return false;
    signal.format = *format;
    while (!text.empty()) {
        const char mark = text.front();
        text.remove_prefix(1);
        const std::optional<std::uint64_t> value = take_number<std::uint64_t>(text);
        if (!value || *value > limits::kRateNum) return false;
        if (mark == 'x' && *value > 0) signal.n_per_frame = *value;
        else if (mark == ':') signal.skew = *value;
        else if (mark == '+') signal.file_offset = *value;
        else return false;
    }
    return true;
}

/// "200(1024)/mV": gain, baseline, unit.
bool read_gain(std::string_view text, WfdbSignal& signal, bool& has_baseline) {
    const std::optional<double> gain = take_number<double>(text);
    if (!gain || !std::isfinite(*gain)) return false;
    signal.calibrated = *gain != 0.0;
    if (signal.calibrated) signal.gain = *gain;
    if (!text.empty() && text.front() == '(') {
        text.remove_prefix(1);
        const std::optional<double> baseline = take_number<double>(text);
        if (!baseline || !std::isfinite(*baseline) || text.empty() || text.front() != ')') return false;
        text.remove_prefix(1);
        signal.baseline = *baseline;
        has_baseline = true;
    }
    if (text.empty()) return true;
    if (text.front() != '/') return false;
    signal.unit = clean_text(text.substr(1), limits::kLabelBytes);
    return true;
}

/// The rest of a line after its first `n` words.
std::string_view rest_after(std::string_view line, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        line = trimmed(line);
        line.remove_prefix(std::min(line.find_first_of(" \t"), line.size()));
    }
    return trimmed(line);
}

std::optional<WfdbSignal> read_signal(std::string_view line) {
    Cells cells;
    split_cells(line, ' ', cells);
    WfdbSignal signal;
    if (cells.size() < 2 || !read_format(cells[1], signal)) return std::nullopt;
    signal.file = std::string{cells[0]};
    bool has_baseline = false;
    if (cells.size() > 2 && !read_gain(cells[2], signal, has_baseline)) return std::nullopt;
    if (cells.size() > 3) signal.n_bits = whole_number<int>(cells[3]).value_or(0);
    if (cells.size() > 4) signal.zero = whole_number<double>(cells[4]).value_or(0.0);
    if (cells.size() > 5) signal.first_value = whole_number<double>(cells[5]).value_or(signal.zero);
    if (!has_baseline) signal.baseline = signal.zero;
    signal.label = clean_text(rest_after(line, 8), limits::kLabelBytes);
    return signal;
}

/// "12:30:00 21/11/2026" as "2026-11-21T12:30:00".
std::string start_of(const Cells& cells) {
    if (cells.size() < 5) return {};
    const std::string time = clean_text(cells[4], 32), date = cells.size() > 5 ? clean_text(cells[5], 32) : "";
    if (date.size() != 10 || date[2] != '/' || date[5] != '/') return time;
    return fmt::format("{}-{}-{}T{}", date.substr(6), date.substr(3, 2), date.substr(0, 2), time);
}

struct RecordLine {
    WfdbHeader header = {};
    std::uint64_t n_signals = 0;
    std::uint64_t n_segments = 0;
};

/// "name/segments signals rate/counter(base) frames time date".
std::optional<RecordLine> read_record_line(std::string_view line) {
    Cells cells;
    split_cells(line, ' ', cells);
    RecordLine record;
    if (cells.size() < 2) return std::nullopt;
    const std::size_t slash = cells[0].find('/');
    record.header.name = std::string{cells[0].substr(0, slash)};
    if (slash != std::string_view::npos) {
        const auto n = whole_number<std::uint64_t>(cells[0].substr(slash + 1));
        if (!n || *n == 0) return std::nullopt;
        record.n_segments = *n;
    }
    const auto n_signals = whole_number<std::uint64_t>(cells[1]);
    if (!n_signals || *n_signals > limits::kColumns) return std::nullopt;
    record.n_signals = *n_signals;
    double hz = 250.0;
    if (cells.size() > 2) {
        std::string_view rate = cells[2];
        hz = take_number<double>(rate).value_or(0.0);
    }
    if (!(hz >= 1e-3 && hz <= 1e6)) return std::nullopt;
    record.header.rate = rate_from_hz(hz);
    if (cells.size() > 3) record.header.n_frames = whole_number<std::uint64_t>(cells[3]).value_or(0);
    record.header.start = start_of(cells);
    return record;
}

Error not_understood(const std::string& path, std::uint64_t line, const std::string& what) {
    return input_error(fmt::format("{}: line {}: {}; it is written by WFDB programs", path, line, what));
}

void check_signal(const WfdbSignal& signal, const std::string& path, std::uint64_t line) {
    if (std::find(kCompressed.begin(), kCompressed.end(), signal.format) != kCompressed.end()) {
        throw input_error(fmt::format("{}: line {}: format {} is compressed with FLAC, which is not read; convert the record with xform", path, line, signal.format));
    }
    if (std::find(kFormats.begin(), kFormats.end(), signal.format) == kFormats.end()) {
        throw not_understood(path, line, fmt::format("format {} is none of {}", signal.format, fmt::join(kFormats, " ")));
    }
    // A header may come from anywhere: it names files beside itself and no others.
    if (signal.file.find('/') != std::string::npos || signal.file.empty() || signal.file.front() == '.' || signal.file == "-" || signal.file == "~") {
        throw not_understood(path, line, fmt::format("'{}' is no file beside the header", clean_text(signal.file, limits::kLabelBytes)));
    }
}

bool is_blank(std::string_view line) { return trimmed(line).empty() || trimmed(line).front() == '#'; }

}  // namespace

bool is_wfdb_header(std::string_view text) {
    std::optional<RecordLine> record;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
        if (is_blank(line)) continue;
        if (record) {
            Cells cells;
            split_cells(line, ' ', cells);
            if (record->n_segments > 0) return cells.size() == 2 && whole_number<std::uint64_t>(cells[1]);
            const std::optional<WfdbSignal> signal = read_signal(line);
            return signal && signal->file.find_first_not_of("0123456789.-+eE,") != std::string::npos;
        }
        record = read_record_line(line);
        if (!record) return false;
    }
    return false;
}

WfdbHeader read_wfdb_header(const RecordingFile& recording) {
    LineReader lines{*recording.file};
    std::optional<RecordLine> record;
    const auto is_full = [&] {
        return record && (record->n_segments > 0 ? record->header.segments.size() == record->n_segments : record->header.signals.size() == record->n_signals);
    };
    while (!is_full() && lines.next() == LineReader::Got::line && lines.offset() <= limits::kHeadBytes) {
        if (is_blank(lines.line())) continue;
        const std::uint64_t number = lines.line_number();
        if (!record) {
            record = read_record_line(lines.line());
            if (!record) throw not_understood(recording.path, number, "this is no record line (name, signals, rate)");
        } else if (record->n_segments > 0) {
            Cells cells;
            split_cells(lines.line(), ' ', cells);
            const auto n = cells.size() > 1 ? whole_number<std::uint64_t>(cells[1]) : std::nullopt;
            if (!n) throw not_understood(recording.path, number, "this is no segment (name, frames)");
            record->header.segments.push_back({std::string{cells[0]}, *n});
        } else {
            const std::optional<WfdbSignal> signal = read_signal(trimmed(lines.line()));
            if (!signal) throw not_understood(recording.path, number, "this is no signal (file, format, gain)");
            check_signal(*signal, recording.path, number);
            record->header.signals.push_back(*signal);
        }
    }
    if (!is_full()) throw not_understood(recording.path, lines.line_number(), "the header ends before all its signals");
    return std::move(record->header);
}

}  // namespace tonus::formats
