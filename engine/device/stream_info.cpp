#include "engine/device/stream_info.hpp"

namespace tonus {

std::string_view stream_kind_name(StreamKind kind) noexcept {
    switch (kind) {
        case StreamKind::emg: return "emg";
        case StreamKind::ecg: return "ecg";
        case StreamKind::acceleration: return "acceleration";
        case StreamKind::angular_rate: return "angular_rate";
        case StreamKind::orientation: return "orientation";
        case StreamKind::other: return "other";
    }
    return "other";
}

}  // namespace tonus
