#include "engine/formats/edf_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

constexpr std::uint64_t kFixedBytes = 256;
constexpr std::uint64_t kSignalBytes = 256;
constexpr const char* kExportAgain = "export the recording again, or mend the field in a hex editor";

/// The header's fields, each with its place for messages.
class Fields {
public:
    Fields(ByteView bytes, const std::string& path) : bytes_(bytes), path_(path) {}

    std::string_view text(std::uint64_t at, std::size_t width) const { return trimmed(bytes_.text(at, width)); }

    std::int64_t whole(std::uint64_t at, std::size_t width, const char* name) const {
        return number<std::int64_t>(at, width, name, "whole number");
    }
    double real(std::uint64_t at, std::size_t width, const char* name) const {
        const double value = number<double>(at, width, name, "number");
        if (!std::isfinite(value)) throw damaged(path_, at, fmt::format("{} is not finite", name), kExportAgain);
        return value;
    }
    const std::string& path() const { return path_; }

private:
    template <class T>
    T number(std::uint64_t at, std::size_t width, const char* name, const char* kind) const {
        std::string_view digits = text(at, width);
        if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
        T value{};
        const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (code != std::errc{} || end != digits.data() + digits.size()) {
            throw damaged(path_, at, fmt::format("{} '{}' is no {}", name, clean_text(text(at, width), width * 2), kind),
                          digits.find(',') != std::string_view::npos ? "EDF needs a decimal point, not a comma"
                                                                     : kExportAgain);
        }
        return value;
    }

    ByteView bytes_;
    const std::string& path_;
};

std::optional<int> two_digits(std::string_view text, std::size_t at) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : -1; };
    if (at + 2 > text.size() || digit(at) < 0 || digit(at + 1) < 0) return std::nullopt;
    return 10 * digit(at) + digit(at + 1);
}

/// dd.mm.yy hh.mm.ss as ISO text; nothing for a date that is none. Some writers use other marks
/// than the dot, and they are let through.
std::optional<std::string> iso_start(std::string_view date, std::string_view time) {
    std::array<int, 6> v{};
    for (std::size_t i = 0; i < v.size(); ++i) {
        const std::optional<int> value = two_digits(i < 3 ? date : time, i % 3 * 3);
        if (!value) return std::nullopt;
        v[i] = *value;
    }
    if (v[0] < 1 || v[0] > 31 || v[1] < 1 || v[1] > 12 || v[3] > 23 || v[4] > 59 || v[5] > 60) return std::nullopt;
    const int year = v[2] >= 85 ? 1900 + v[2] : 2000 + v[2];  // the format's own rule
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, v[1], v[0], v[3], v[4], v[5]);
}

void read_start(EdfHeader& header, const Fields& fields) {
    const std::string_view date = fields.text(168, 8), time = fields.text(176, 8);
    if (const auto start = iso_start(date, time)) {
        header.start = *start;
    } else {
        header.notes.push_back(fmt::format("byte 168: the start '{} {}' is no date and time; it is left out",
                                           clean_text(date, 16), clean_text(time, 16)));
    }
}

void read_variant(EdfHeader& header, const Fields& fields, ByteView bytes) {
    const bool bdf = bytes.u8(0) == 0xff && fields.text(1, 7) == "BIOSEMI";
    if (!bdf && fields.text(0, 8) != "0") {
        throw damaged(fields.path(), 0, fmt::format("the version '{}' is neither EDF's '0' nor BDF's",
                                                    clean_text(fields.text(0, 8), 16)),
                      "give the file the ending of its true format");
    }
    header.sample_bytes = bdf ? 3 : 2;
    header.variant = bdf ? "BDF" : "EDF";
    const std::string_view reserved = fields.text(192, 44).substr(0, 5);
    if (reserved == header.variant + "+C" || reserved == header.variant + "+D") {
        header.variant = reserved;
        header.discontinuous = reserved.back() == 'D';
    }
}

void read_record_shape(EdfHeader& header, const Fields& fields) {
    const std::int64_t n_records = fields.whole(236, 8, "number of records");
    if (n_records < -1) {
        throw damaged(fields.path(), 236, fmt::format("the number of records is {}", n_records),
                      "write -1 where it is not known: then the file's length tells");
    }
    if (n_records > 0) header.n_records = static_cast<std::uint64_t>(n_records);
    header.record_s_text = fields.text(244, 8);
    header.record_s = fields.real(244, 8, "duration of a record");
    if (header.record_s < 0.0) {
        throw damaged(fields.path(), 244, fmt::format("the duration of a record is {} s", header.record_s), kExportAgain);
    }
}

EdfSignal read_signal(const Fields& fields, std::uint64_t n, std::uint64_t i) {
    // Field by field for all signals: the place of a field is the widths before it, times n.
    const auto at = [&](std::uint64_t widths_before, std::uint64_t width) {
        return kFixedBytes + n * widths_before + i * width;
    };
    EdfSignal signal;
    signal.label = clean_text(fields.text(at(0, 16), 16), limits::kLabelBytes);
    signal.annotations = signal.label == "EDF Annotations" || signal.label == "BDF Annotations";
    signal.unit = clean_text(fields.text(at(96, 8), 8), limits::kLabelBytes);
    signal.header_byte = at(120, 8);
    const std::int64_t n_samples = fields.whole(at(216, 8), 8, "samples per record");
    if (n_samples < 0) {
        throw damaged(fields.path(), at(216, 8), fmt::format("signal '{}' has {} samples per record", signal.label, n_samples),
                      kExportAgain);
    }
    signal.n_samples = static_cast<std::uint64_t>(n_samples);
    if (signal.annotations) return signal;
    signal.physical_min = fields.real(at(104, 8), 8, "physical minimum");
    signal.physical_max = fields.real(at(112, 8), 8, "physical maximum");
    signal.digital_min = static_cast<std::int32_t>(fields.whole(at(120, 8), 8, "digital minimum"));  // 8 characters fit
    signal.digital_max = static_cast<std::int32_t>(fields.whole(at(128, 8), 8, "digital maximum"));
    return signal;
}

void lay_out_record(EdfHeader& header, const std::string& path) {
    std::uint64_t n_bytes = 0;
    for (EdfSignal& signal : header.signals) {
        signal.first_byte = n_bytes;
        n_bytes += signal.n_samples * header.sample_bytes;  // 8 digits times 4096 signals times 3 fits
    }
    if (n_bytes == 0) throw damaged(path, kFixedBytes, "no signal has a sample", kExportAgain);
    if (n_bytes > limits::kRecordBytes) {
        throw damaged(path, kFixedBytes, fmt::format("a record would be {} bytes, more than the {} that are read", n_bytes,
                                                     limits::kRecordBytes),
                      "write shorter records");
    }
    header.record_bytes = n_bytes;
}

}  // namespace

Error damaged(const std::string& path, std::uint64_t byte, const std::string& what, const std::string& mend) {
    return input_error(fmt::format("{}: byte {}: {}; {}", path, byte, what, mend));
}

EdfHeader read_edf_header(const RecordingFile& recording) {
    std::vector<std::byte> bytes(kFixedBytes);
    bytes.resize(recording.file->read_at(0, bytes));
    if (bytes.size() < kFixedBytes) {
        throw damaged(recording.path, bytes.size(), "the file ends within its 256-byte header", "copy it again from its device");
    }
    const std::int64_t n = Fields{ByteView{bytes}, recording.path}.whole(252, 4, "number of signals");
    if (n < 1 || static_cast<std::uint64_t>(n) > limits::kColumns) {
        throw damaged(recording.path, 252, fmt::format("the number of signals is {}, not 1 to {}", n, limits::kColumns), kExportAgain);
    }
    const auto n_signals = static_cast<std::uint64_t>(n);

    EdfHeader header;
    header.header_bytes = kFixedBytes + kSignalBytes * n_signals;
    bytes.resize(header.header_bytes);
    bytes.resize(recording.file->read_at(0, bytes));
    const ByteView view{bytes};
    const Fields fields{view, recording.path};
    read_variant(header, fields, view);
    const std::int64_t stated_bytes = fields.whole(184, 8, "header length");
    if (static_cast<std::uint64_t>(stated_bytes) != header.header_bytes) {
        throw damaged(recording.path, 184,
                      fmt::format("the header says it is {} bytes long, but {} signals take {}", stated_bytes, n, header.header_bytes),
                      "one of the two numbers is damaged: see bytes 184 and 252");
    }
    if (bytes.size() < header.header_bytes) {
        throw damaged(recording.path, bytes.size(), fmt::format("the file ends within its {}-byte header", header.header_bytes),
                      "copy it again from its device");
    }
    read_start(header, fields);
    read_record_shape(header, fields);
    for (std::uint64_t i = 0; i < n_signals; ++i) header.signals.push_back(read_signal(fields, n_signals, i));
    lay_out_record(header, recording.path);
    return header;
}

Rate edf_rate(const EdfHeader& header, const EdfSignal& signal, const std::string& path) {
    const std::string& text = header.record_s_text;
    if (header.record_s <= 0.0) {
        throw damaged(path, 244, fmt::format("records last 0 s but signal '{}' has samples", signal.label),
                      "write the duration of a record there");
    }
    Rate rate{signal.n_samples, 1};
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
    if (plain) {
        // At most 8 characters: "0.027" is 27 over 1000, without rounding.
        std::uint64_t digits = 0, scale = 1;
        const std::size_t point = std::min(text.find('.'), text.size());
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (i == point) continue;
            digits = digits * 10 + static_cast<std::uint64_t>(text[i] - '0');
            if (i > point) scale *= 10;
        }
        const std::uint64_t num = signal.n_samples * scale, common = std::gcd(num, digits);
        rate = {num / common, digits / common};
    }
    const double hz = static_cast<double>(signal.n_samples) / header.record_s;
    if (!(hz > 1e-6) || hz > 1e6) {
        throw damaged(path, 244, fmt::format("signal '{}' would have {:g} Hz", signal.label, hz), kExportAgain);
    }
    if (!plain || rate.num > limits::kRateNum || rate.den > limits::kRateDen) rate = rate_from_hz(hz);
    return rate;
}

}  // namespace tonus::formats
