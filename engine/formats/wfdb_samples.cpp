#include "engine/formats/wfdb_samples.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"

namespace tonus::formats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kFiles = 128;  ///< open at once

/// Samples come in packs of bytes; in a pack cut short the first samples may be whole.
struct Packing {
    std::uint64_t n_samples;
    std::uint64_t n_bytes;
};

Packing packing_of(int format) {
    switch (format) {
        case 8:
        case 80: return {1, 1};
        case 24: return {1, 3};
        case 32: return {1, 4};
        case 212: return {2, 3};
        case 310:
        case 311: return {3, 4};
        default: return {1, 2};
    }
}

/// Bytes of the pack that its sample `i` needs.
std::uint64_t bytes_needed(int format, std::uint64_t i) {
    const Packing packing = packing_of(format);
    if (packing.n_samples == 1) return packing.n_bytes;
    if (i == 0) return 2;
    return format == 311 && i == 1 ? 3 : packing.n_bytes;
}

std::int32_t sign_extended(std::uint32_t bits, unsigned n_bits) {
    const unsigned unused = 32 - n_bits;
    return static_cast<std::int32_t>(bits << unused) >> unused;
}

std::uint32_t byte_of(const ByteView& pack, std::size_t at) { return pack.u8(at).value_or(0); }

/// Sample `i` of a pack. Bytes it does not need may be missing.
std::int32_t unpacked(int format, const ByteView& pack, std::uint64_t i) {
    const std::uint32_t b0 = byte_of(pack, 0), b1 = byte_of(pack, 1), b2 = byte_of(pack, 2), b3 = byte_of(pack, 3);
    switch (format) {
        case 8: return sign_extended(b0, 8);
        case 24: return sign_extended(b0 | b1 << 8 | b2 << 16, 24);
        case 32: return sign_extended(b0 | b1 << 8 | b2 << 16 | b3 << 24, 32);
        case 61: return sign_extended(b0 << 8 | b1, 16);
        case 80: return static_cast<std::int32_t>(b0) - 128;
        case 160: return static_cast<std::int32_t>(b0 | b1 << 8) - 32768;
        case 212: return sign_extended(i == 0 ? b0 | (b1 & 0x0f) << 8 : b2 | (b1 & 0xf0) << 4, 12);
        case 310:
            if (i == 0) return sign_extended((b0 | b1 << 8) >> 1, 10);
            if (i == 1) return sign_extended((b2 | b3 << 8) >> 1, 10);
            return sign_extended(b1 >> 3 | (b3 >> 3) << 5, 10);
        case 311: return sign_extended((b0 | b1 << 8 | b2 << 16 | b3 << 24) >> (10 * i), 10);
        default: return sign_extended(b0 | b1 << 8, 16);
    }
}

/// The value that stands for "no value", as the library of the format has it.
std::int32_t invalid_of(int format) {
    switch (format) {
        case 24: return -8'388'608;
        case 32: return std::numeric_limits<std::int32_t>::min();
        case 80: return -128;
        case 212: return -2048;
        case 310:
        case 311: return -512;
        default: return -32'768;
    }
}

std::uint64_t samples_in(int format, std::uint64_t n_bytes) {
    const Packing packing = packing_of(format);
    std::uint64_t n = n_bytes / packing.n_bytes * packing.n_samples;
    for (std::uint64_t i = 0; i < packing.n_samples && bytes_needed(format, i) <= n_bytes % packing.n_bytes; ++i) ++n;
    return n;
}

}  // namespace

WfdbSamples::WfdbSamples(Files& files, const std::string& header_path, WfdbHeader header) : header_(std::move(header)) {
    const std::string folder = header_path.substr(0, header_path.size() - file_name(header_path).size());
    std::vector<std::string> names;
    for (const WfdbSignal& signal : header_.signals) {
        auto at = static_cast<std::size_t>(std::find(names.begin(), names.end(), signal.file) - names.begin());
        if (at == names.size()) {
            if (names.size() == kFiles) throw input_error(fmt::format("{}: has more than {} signal files", header_path, kFiles));
            if (!files.exists(folder + signal.file)) {
                throw input_error(fmt::format("{}: the signal file '{}' is not beside it", header_path, clean_text(signal.file, limits::kLabelBytes)));
            }
            std::unique_ptr<InputFile> file = files.open(folder + signal.file);
            ByteWindow bytes{*file};
            files_.push_back({std::move(file), std::move(bytes), signal.format, signal.file_offset});
            names.push_back(signal.file);
        }
        if (files_[at].format != signal.format) throw input_error(fmt::format("{}: the signals of {} have several formats", header_path, signal.file));
        places_.push_back({.file = at, .first = files_[at].n_per_frame, .sum = signal.first_value});
        files_[at].n_per_frame += signal.n_per_frame;
    }
    n_frames_ = files_.empty() ? 0 : std::numeric_limits<std::uint64_t>::max();
    for (const SignalFile& file : files_) {
        const std::uint64_t n_bytes = file.file->size() - std::min(file.file->size(), file.offset);
        n_frames_ = std::min(n_frames_, samples_in(file.format, n_bytes) / file.n_per_frame);
    }
}

double WfdbSamples::sample(SignalFile& file, std::uint64_t n) {
    const Packing packing = packing_of(file.format);
    const std::uint64_t in_pack = n % packing.n_samples;
    const ByteView pack = file.bytes.at(file.offset + n / packing.n_samples * packing.n_bytes, packing.n_bytes);
    if (pack.size() < bytes_needed(file.format, in_pack)) throw input_error("truncated: a signal file was shortened while it was read");
    const std::int32_t value = unpacked(file.format, pack, in_pack);
    return value == invalid_of(file.format) && file.format != 8 ? kNaN : value;
}

double WfdbSamples::value(std::size_t signal, std::uint64_t index) {
    const WfdbSignal& info = header_.signals[signal];
    Place& place = places_[signal];
    SignalFile& file = files_[place.file];
    index += info.skew * info.n_per_frame;
    if (index / info.n_per_frame >= n_frames_) return kNaN;
    const auto in_file = [&](std::uint64_t i) {
        return i / info.n_per_frame * file.n_per_frame + place.first + i % info.n_per_frame;
    };
    if (info.format != 8) return sample(file, in_file(index));
    if (index < place.next) {
        place.next = 0;
        place.sum = info.first_value;
    }
    for (; place.next <= index; ++place.next) {
        // The first difference is to the value of the header, which is the first sample.
        place.sum += sample(file, in_file(place.next));
    }
    return place.sum;
}

}  // namespace tonus::formats
