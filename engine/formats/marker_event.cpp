#include "engine/formats/marker_event.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/formats/label_text.hpp"
#include "engine/formats/limits.hpp"

namespace tonus::formats {

std::optional<RecordingNote> read_marker_event(std::string_view json) {
    // Most lines are no markers, and need not be taken apart.
    if (json.find("\"marker\"") == std::string_view::npos) return std::nullopt;
    const nlohmann::json event = nlohmann::json::parse(json, nullptr, false);
    if (!event.is_object() || event.value("event", nlohmann::json{}) != "marker") return std::nullopt;
    const auto time = event.find("time_s"), text = event.find("text");
    if (time == event.end() || !time->is_number() || text == event.end() || !text->is_string()) return std::nullopt;
    const double time_s = time->get<double>();
    if (!(std::abs(time_s) <= limits::kEndS)) return std::nullopt;
    return RecordingNote{.onset_s = time_s, .text = clean_text(text->get<std::string>(), limits::kAnnotationBytes)};
}

}  // namespace tonus::formats
