#pragma once

#include <optional>
#include <string_view>

#include "engine/device/recording_note.hpp"

namespace tonus::formats {

/// A line of tonus_events that is a marker, at its time among the results; nothing for any other event, and
/// for what is none.
std::optional<RecordingNote> read_marker_event(std::string_view json);

}  // namespace tonus::formats
