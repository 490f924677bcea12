#include "engine/formats/edf_annotations.hpp"

#include <charconv>
#include <cmath>

#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {
namespace {

constexpr char kTextEnd = 0x14;
constexpr char kDuration = 0x15;

/// Seconds, written as "+12.5" or "-0.25".
std::optional<double> seconds(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// Takes the part before `mark` off the front, nothing when there is no mark.
std::optional<std::string_view> take_until(std::string_view& text, char mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(at + 1);
    return part;
}

}  // namespace

EdfTimes read_edf_annotations(ByteView bytes, std::vector<RecordingNote>& annotations) {
    EdfTimes times;
    std::string_view rest = bytes.text();
    bool first = true;
    while (!rest.empty()) {
        if (rest.front() == '\0') {  // padding
            rest.remove_prefix(1);
            continue;
        }
        const std::optional<std::string_view> list = take_until(rest, '\0');
        std::string_view texts = list.value_or(std::string_view{});
        const std::optional<std::string_view> head = take_until(texts, kTextEnd);
        const std::size_t split = head ? head->find(kDuration) : std::string_view::npos;
        const std::optional<double> onset_s = head ? seconds(head->substr(0, split)) : std::nullopt;
        if (!onset_s) {
            times.damaged = true;
            if (!list) return times;
            continue;
        }
        std::optional<double> duration_s;
        if (split != std::string_view::npos) duration_s = seconds(head->substr(split + 1));
        while (const std::optional<std::string_view> text = take_until(texts, kTextEnd)) {
            if (text->empty()) {
                if (first && !times.record_s) times.record_s = onset_s;
            } else if (annotations.size() < limits::kAnnotations) {
                annotations.push_back({*onset_s, duration_s, clean_text(*text, limits::kAnnotationBytes)});
            }
        }
        first = false;
    }
    return times;
}

}  // namespace tonus::formats
