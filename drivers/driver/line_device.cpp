#include "drivers/driver/line_device.hpp"

namespace tonus {

void LineDevice::give_up(std::string_view why) noexcept {
    if (trouble_.empty()) trouble_.append(name_).append(": ").append(why);
}

bool LineDevice::wait_for(std::chrono::milliseconds timeout, const std::function<bool(std::span<const std::byte>)>& enough) {
    const std::int64_t end_ns = line_.clock().now_ns() + std::chrono::nanoseconds{timeout}.count();
    while (line_.clock().now_ns() < end_ns && !line_.is_closed()) {
        if (enough(line_.read(std::chrono::milliseconds{20}))) return true;
    }
    return false;
}

ReadStatus LineDevice::read(FrameSink& sink, std::chrono::milliseconds timeout) noexcept {
    const std::span<const std::byte> bytes = line_.read(timeout);
    if (!bytes.empty() && decode(bytes, sink)) {
        last_frame_ns_ = line_.clock().now_ns();
        return trouble_.empty() ? ReadStatus::frames : ReadStatus::lost;
    }
    const double silent_s = static_cast<double>(line_.clock().now_ns() - last_frame_ns_) * 1e-9;
    if (line_.is_closed()) {
        give_up("the line was closed: unplugged or switched off?");
    } else if (silent_s > silence_s_max_) {
        give_up("nothing has come for a while: switched off, out of reach, or its battery empty?");
    }
    return trouble_.empty() ? ReadStatus::idle : ReadStatus::lost;
}

}  // namespace tonus
