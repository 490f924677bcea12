#include "engine/formats/recording_writer.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/writer_formats.hpp"

namespace tonus::formats {
namespace {

constexpr std::array<const WriterFormat*, 7> kFormats{&xdf_writer, &edf_writer, &bdf_writer, &wfdb_writer, &mat_writer, &csv_writer, &npy_writer};

}  // namespace

std::string written_formats() {
    std::string text;
    for (const WriterFormat* format : kFormats) text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", format->name, format->extension);
    return text;
}

std::string plain_name(const std::string& name) {
    std::string plain;
    for (const char c : name) plain += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    if (plain.empty() || std::isdigit(static_cast<unsigned char>(plain[0])) != 0) plain = "s" + plain;
    return plain;
}

std::unique_ptr<RecordingWriter> make_writer(Files& files, const std::string& path, const RecordingContent& content) {
    const std::string small = lower(path);
    for (const WriterFormat* format : kFormats) {
        const bool ends = small.size() > format->extension.size() && small.substr(small.size() - format->extension.size()) == format->extension;
        if (ends) return format->make(files, path, content);
    }
    throw usage_error(fmt::format("{}: the ending names no format that is written; those are {}", path, written_formats()));
}

}  // namespace tonus::formats
