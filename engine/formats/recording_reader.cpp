#include "engine/formats/recording_reader.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/suggest.hpp"
#include "engine/formats/c3d.hpp"
#include "engine/formats/delsys.hpp"
#include "engine/formats/edf.hpp"
#include "engine/formats/emgworks_csv.hpp"
#include "engine/formats/mat.hpp"
#include "engine/formats/npy.hpp"
#include "engine/formats/otb.hpp"
#include "engine/formats/recording_format.hpp"
#include "engine/formats/shimmer_log.hpp"
#include "engine/formats/text.hpp"
#include "engine/formats/trigno_discover.hpp"
#include "engine/formats/wfdb.hpp"
#include "engine/formats/xdf.hpp"

namespace tonus {
namespace {

using formats::ByteView;
using formats::RecordingFile;
using formats::RecordingFormat;

constexpr std::size_t kHeadBytes = 4096;

/// Every format that is read. Those with a signature come first, text last.
constexpr std::array<const RecordingFormat*, 13> kFormats{
    &formats::edf_format,        &formats::xdf_format, &formats::c3d_format,  &formats::delsys_emg_format,
    &formats::delsys_hpf_format, &formats::mat_format, &formats::npy_format, &formats::wfdb_format,
    &formats::otb_format,        &formats::shimmer_log_format, &formats::trigno_discover_format, &formats::emgworks_csv_format,
    &formats::text_format};

/// A table of text, which a person may know better.
bool is_table(const RecordingFormat* format) {
    return format == &formats::text_format || format == &formats::trigno_discover_format || format == &formats::emgworks_csv_format;
}

/// Files people have that are not read, so that the message can name them.
struct Foreign {
    std::size_t at;
    std::string_view bytes;
    std::string_view name;
};
constexpr std::array<Foreign, 8> kForeign{{
    {0, "MATLAB 7.3", "a MATLAB v7.3 file, which is HDF5; save it again with -v7"},
    {0, "\x89HDF", "an HDF5 file"},
    {0, "\x1f\x8b", "gzip-compressed"},
    {0, "PK\x03\x04", "a zip archive or a spreadsheet"},
    {257, "ustar", "a tar archive"},
    {0, "\xff\xfe", "text in UTF-16; save it as UTF-8"},
    {0, "\xfe\xff", "text in UTF-16; save it as UTF-8"},
    {0, "%PDF", "a PDF document"},
}};

std::string lower_extension(const std::string& path) {
    const std::string name = formats::file_name(path);
    const std::size_t dot = name.find_last_of('.');
    std::string extension = dot == std::string::npos ? "" : name.substr(dot);
    for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return extension;
}

bool has_extension(const RecordingFormat& format, const std::string& extension) {
    return !extension.empty() &&
           fmt::format(" {} ", format.extensions).find(fmt::format(" {} ", extension)) != std::string::npos;
}

const RecordingFormat* format_of(ByteView head, const std::string& path) {
    for (const RecordingFormat* format : kFormats) {
        if (format->recognises(head)) return format;
    }
    const std::string extension = lower_extension(path);
    for (const RecordingFormat* format : kFormats) {
        if (has_extension(*format, extension)) return format;
    }
    return nullptr;
}

std::string seen(ByteView head) {
    for (const Foreign& foreign : kForeign) {
        if (head.text(foreign.at, foreign.bytes.size()) == foreign.bytes) return std::string{foreign.name};
    }
    std::string bytes;
    for (std::size_t i = 0; i < std::min<std::size_t>(head.size(), 8); ++i) {
        bytes += fmt::format("{}{:02x}", i == 0 ? "" : " ", *head.u8(i));
    }
    return fmt::format("binary data that begins with {}", bytes);
}

/// The file beside a missing one that was probably meant: another ending, another case, a slip.
std::string near_name(Files& files, const std::string& path) {
    const std::string name = formats::file_name(path);
    const std::string folder = path.substr(0, path.size() - name.size());
    const std::vector<std::string> names = files.names_in(folder.empty() ? "." : folder);
    const std::string stem = name.substr(0, name.size() - lower_extension(path).size());
    for (const std::string& other : names) {
        if (other.substr(0, other.find_last_of('.')) == stem) return folder + other;
    }
    const std::vector<std::string_view> known{names.begin(), names.end()};
    const std::string near = nearest(name, known);
    return near.empty() ? near : folder + near;
}

}  // namespace

std::string recording_formats() {
    std::string text;
    for (const RecordingFormat* format : kFormats) {
        if (is_table(format) && format->extensions.empty()) continue;  // among other tables
        text += fmt::format("{}{}", text.empty() ? "" : ", ", format->name);
        if (!format->extensions.empty()) text += fmt::format(" ({})", format->extensions);
    }
    return text;
}

std::unique_ptr<RecordingReader> open_recording(Files& files, const std::string& path,
                                                const ReadOptions& options) {
    if (!path.empty() && !files.exists(path)) {
        const std::string near = near_name(files, path);
        if (!near.empty()) {
            throw input_error(fmt::format("{}: no such file; did you mean {}?", path, near));
        }
    }
    RecordingFile recording{files.open(path), path, &files};
    if (recording.file->size() == 0) {
        throw input_error(fmt::format("{}: is empty (0 bytes); the recording was not saved", path));
    }
    std::array<std::byte, kHeadBytes> buffer;
    const std::size_t n_bytes = recording.file->read_at(0, buffer);
    const ByteView head{std::span<const std::byte>{buffer}.first(n_bytes)};
    const RecordingFormat* format = format_of(head, path);
    if (format == nullptr) {
        throw input_error(fmt::format("{}: is {}; formats that are read: {}", path, seen(head),
                                      recording_formats()));
    }
    if (options.csv && !is_table(format)) {
        throw usage_error(fmt::format("{}: [source.csv] of the session is for tables, and this is {}; leave it out", path, format->name));
    }
    return (options.csv ? &formats::text_format : format)->open(std::move(recording), options);
}

}  // namespace tonus
