#include "engine/sinks/result.hpp"

namespace tonus {

std::string_view event_kind_name(EventKind kind) noexcept {
    switch (kind) {
        case EventKind::gap: return "gap";
        case EventKind::load_raised: return "load_raised";
        case EventKind::load_cleared: return "load_cleared";
        case EventKind::load_unknown: return "load_unknown";
        case EventKind::load_known: return "load_known";
        case EventKind::rate_mismatch: return "rate_mismatch";
        case EventKind::ended: return "ended";
        case EventKind::mains: return "mains";
        case EventKind::vibration: return "vibration";
        case EventKind::rest_changed: return "rest_changed";
        case EventKind::over_reference: return "over_reference";
    }
    return "";
}

}  // namespace tonus
