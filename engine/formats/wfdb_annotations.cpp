#include "engine/formats/wfdb_annotations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/formats/byte_window.hpp"
#include "engine/formats/cells.hpp"
#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"
#include "engine/formats/signal.hpp"

namespace tonus::formats {
namespace {

enum Code : unsigned { kNote = 22, kSkip = 59, kNum = 60, kSub = 61, kChan = 62, kAux = 63 };

/// By code, from 0; a blank has none.
constexpr std::string_view kMnemonics = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";

std::string mnemonic(unsigned code) {
    const char known = code < kMnemonics.size() ? kMnemonics[code] : ' ';
    return known == ' ' ? fmt::format("code {}", code) : std::string{known};
}

constexpr std::string_view kResolution = "## time resolution: ";

/// An annotation on its way, before what modifies it has come.
struct Annotation {
    std::int64_t time = 0;
    unsigned code = 0;
    std::string text = {};
};

class AnnotationFile {
public:
    AnnotationFile(InputFile& file, const Rate& rate) : bytes_(file), hz_(rate.hz()) {}

    /// True when the file ended as it should.
    bool read() {
        for (std::int64_t time = 0; annotations_.size() < limits::kAnnotations;) {
            const auto word = bytes_.at(at_, 2).u16(0);
            if (!word) return false;
            const unsigned code = *word >> 10, value = *word & 0x3ff;
            at_ += 2;
            if (*word == 0) return true;
            if (code == kSkip) {
                const ByteView leap = bytes_.at(at_, 4);  // of a PDP-11: the high word first
                if (leap.size() < 4) return false;
                time += static_cast<std::int32_t>(std::uint32_t{*leap.u16(0)} << 16 | *leap.u16(2));
                at_ += 4;
            } else if (code == kAux) {
                const ByteView text = bytes_.at(at_, value);
                if (text.size() < value) return false;
                if (!annotations_.empty()) annotations_.back().text = clean_text(text.text().substr(0, text.text().find('\0')), limits::kAnnotationBytes);
                at_ += value + value % 2;
            } else if (code != kNum && code != kSub && code != kChan) {
                time += value;
                annotations_.push_back({.time = time, .code = code});
            }
        }
        return true;
    }

    std::vector<RecordingNote> notes() {
        take_resolution();
        std::vector<RecordingNote> notes;
        for (const Annotation& annotation : annotations_) {
            const double onset_s = static_cast<double>(annotation.time) / hz_;
            if (!(onset_s >= 0.0 && onset_s < limits::kEndS)) continue;
            const bool is_note = annotation.code == kNote && !annotation.text.empty();
            const std::string text = annotation.text.empty() ? "" : " " + annotation.text;
            notes.push_back({.onset_s = onset_s, .text = is_note ? annotation.text : mnemonic(annotation.code) + text});
        }
        std::stable_sort(notes.begin(), notes.end(), [](const RecordingNote& a, const RecordingNote& b) { return a.onset_s < b.onset_s; });
        return notes;
    }

    std::uint64_t at() const noexcept { return at_; }

private:
    /// Notes at time 0 that begin with "## " are the program's own.
    void take_resolution() {
        while (!annotations_.empty() && annotations_[0].time == 0 && annotations_[0].code == kNote && annotations_[0].text.compare(0, 3, "## ") == 0) {
            const std::string_view text = annotations_[0].text;
            const std::optional<double> hz = text.substr(0, kResolution.size()) == kResolution ? cell_number(text.substr(kResolution.size())) : std::nullopt;
            if (hz && *hz >= 1e-6 && *hz <= 1e9) hz_ = *hz;
            annotations_.erase(annotations_.begin());
        }
    }

    ByteWindow bytes_;
    double hz_;
    std::uint64_t at_ = 0;
    std::vector<Annotation> annotations_;
};

}  // namespace

std::vector<RecordingNote> read_wfdb_annotations(InputFile& file, const Rate& rate, const std::string& name, std::vector<std::string>& notes) {
    AnnotationFile annotations{file, rate};
    if (!annotations.read()) add_note(notes, fmt::format("{} breaks off at byte {}; the annotations before were read", name, annotations.at()));
    return annotations.notes();
}

}  // namespace tonus::formats
