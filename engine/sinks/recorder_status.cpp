#include "engine/sinks/recorder_status.hpp"

#include <fmt/format.h>

namespace tonus {
namespace {

std::string room_text(double room_s) {
    if (room_s >= 7200.0) return fmt::format("{:.0f} h", room_s / 3600.0);
    return fmt::format("{:.0f} min", room_s / 60.0);
}

}  // namespace

std::string recorder_text(const RecorderStatus& status) {
    std::string text = fmt::format("recording {:.1f} MB", static_cast<double>(status.n_bytes) * 1e-6);
    switch (status.state) {
        case RecorderStatus::State::well: text += fmt::format(", safe up to {:.1f} s ago", status.unsafe_s); break;
        case RecorderStatus::State::late: text += fmt::format(", LATE: {:.1f} s wait for a slow disk", status.unwritten_s); break;
        case RecorderStatus::State::waiting: text += fmt::format(", DISK FULL: {:.1f} s wait in memory, make room", status.unwritten_s); break;
        case RecorderStatus::State::failed: text += fmt::format(", DISK FAILED: {:.1f} s wait in memory", status.unwritten_s); break;
    }
    if (status.room_s) text += ", room for " + room_text(*status.room_s);
    return text;
}

}  // namespace tonus
