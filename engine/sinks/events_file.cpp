#include "engine/sinks/events_file.hpp"

namespace tonus {

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string event_json(const Event& event, const std::vector<std::string>& streams, const std::vector<std::string>& channels) {
    std::string json = fmt::format("{{\"event\":\"{}\",\"time_s\":{:.6f}",
                                   event_kind_name(event.kind), event.time_s);
    const auto stream = [&] {
        const auto index = static_cast<std::size_t>(event.stream);
        return json_string(index < streams.size() ? streams[index] : std::string{});
    };
    switch (event.kind) {
        case EventKind::gap:
            json += fmt::format(",\"stream\":{},\"first_frame\":{},\"n_frames\":{},\"cause\":\"{}\"",
                                stream(), event.first_frame, event.n_frames,
                                gap_cause_name(event.cause));
            break;
        case EventKind::load_raised:
        case EventKind::load_cleared:
            json += fmt::format(",\"onset_s\":{:.2f},\"load_mvc\":{:.4f}", event.onset_s, event.value);
            break;
        case EventKind::load_unknown:
            json += fmt::format(",\"reason\":\"{}\"", reason_name(event.reason));
            break;
        case EventKind::rate_mismatch:
            json += fmt::format(",\"stream\":{},\"off_by_ppm\":{:.0f}", stream(), event.value);
            break;
        case EventKind::ended: json += fmt::format(",\"stream\":{}", stream()); break;
        case EventKind::mains:
        case EventKind::vibration:
            json += fmt::format(",\"stream\":{},\"frequency_hz\":{:.2f}", stream(), event.value);
            break;
        case EventKind::over_reference:
        case EventKind::rest_changed: {
            const auto index = static_cast<std::size_t>(event.stream);
            json += fmt::format(",\"channel\":{}", json_string(index < channels.size() ? channels[index] : std::string{}));
            if (event.kind == EventKind::rest_changed) json += fmt::format(",\"rms_uv\":{:.3f}", event.value);
            break;
        }
        case EventKind::load_known: break;
    }
    return json + '}';
}

std::string marker_json(const RecordingNote& marker) {
    return fmt::format("{{\"event\":\"marker\",\"time_s\":{:.6f},\"text\":{}}}", marker.onset_s, json_string(marker.text));
}

void EventsFile::begin(const SessionInfo& session) {
    for (const StreamInfo& stream : session.streams) streams_.push_back(stream.name);
    for (const SessionInfo::Channel& channel : session.channels) channels_.push_back(channel.name);
}

void EventsFile::row(const ResultRow& row) noexcept {
    markers_.hear(row);
    while (const std::optional<RecordingNote> marker = markers_.next()) write(*marker);
}

void EventsFile::write(const RecordingNote& marker) noexcept { out_.print("{}\n", marker_json(marker)); }

void EventsFile::end(const RunSummary&) {
    while (const std::optional<RecordingNote> marker = markers_.next_of_all()) write(*marker);
    out_.close();
}

void EventsFile::event(const Event& event) noexcept { out_.print("{}\n", event_json(event, streams_, channels_)); }

}  // namespace tonus
