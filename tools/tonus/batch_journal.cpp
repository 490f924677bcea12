#include "tools/tonus/batch_journal.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/formats/line_reader.hpp"

namespace tonus::cli {
namespace {

// An entry is lines that begin with what they are; the last one tells that the entry is whole.
constexpr std::string_view kRecording = "recording ", kMadeOf = "made of ", kError = "error ", kRow = "row ", kEnd = "end";

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

std::string text_of(const BatchKey& key, const BatchEntry& entry) {
    std::string text = fmt::format("{}{}\n{}{}\n", kRecording, one_line(key.recording), kMadeOf, key.made_of);
    if (!entry.error.empty()) text += fmt::format("{}{}\n", kError, one_line(entry.error));
    for (const std::string& row : entry.rows) text += fmt::format("{}{}\n", kRow, row);
    return text + fmt::format("{}\n", kEnd);
}

bool begins(std::string_view line, std::string_view word) { return line.substr(0, word.size()) == word; }

}  // namespace

BatchJournal::BatchJournal(Files& files, const std::string& path, const std::vector<BatchKey>& keys) : files_(&files), path_(path) {
    const std::string fresh = path + ".part";
    out_ = files.create(fresh, IfExists::replace);
    if (files.exists(path)) keep_valid(path, keys);
    files.rename(fresh, path);
}

void BatchJournal::keep_valid(const std::string& path, const std::vector<BatchKey>& keys) {
    std::map<std::string, std::string> wanted;
    for (const BatchKey& key : keys) wanted[key.recording] = key.made_of;
    const std::unique_ptr<InputFile> before = files_->open(path);
    formats::LineReader lines{*before};
    std::string text, recording, made_of;
    while (lines.next() == formats::LineReader::Got::line && lines.closed()) {
        const std::string_view line = lines.line();
        if (begins(line, kRecording)) {
            text.clear();
            recording = line.substr(kRecording.size());
        }
        if (begins(line, kMadeOf)) made_of = line.substr(kMadeOf.size());
        text += std::string{line} + '\n';
        if (line != kEnd) continue;
        const auto want = wanted.find(recording);
        // A recording that failed is tried again: the disk may be mended by now.
        const bool failed = text.find('\n' + std::string{kError}) != std::string::npos;
        if (want != wanted.end() && want->second == made_of && !failed && !has(recording)) append(recording, text);
        text.clear();
    }
}

void BatchJournal::append(const std::string& recording, const std::string& bytes) {
    const WriteResult result = out_->write(std::as_bytes(std::span{bytes}));
    if (!result.ok()) throw run_error(fmt::format("{}: cannot be written ({}); is the disk full?", path_, std::strerror(result.error_number)));
    places_[recording] = {n_bytes_, bytes.size()};
    n_bytes_ += bytes.size();
}

void BatchJournal::add(const BatchKey& key, const BatchEntry& entry) { append(key.recording, text_of(key, entry)); }

BatchEntry BatchJournal::read(const std::string& recording) const {
    const Place& place = places_.at(recording);
    std::string text(place.n_bytes, '\0');
    const std::size_t n = files_->open(path_)->read_at(place.offset, std::as_writable_bytes(std::span{text}));
    if (n != text.size()) throw run_error(path_ + ": was changed by another program while it was in use; run the batch again");
    BatchEntry entry;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        const std::string_view line = std::string_view{text}.substr(at, text.find('\n', at) - at);
        if (begins(line, kError)) entry.error = line.substr(kError.size());
        if (begins(line, kRow)) entry.rows.emplace_back(line.substr(kRow.size()));
    }
    return entry;
}

}  // namespace tonus::cli
