#pragma once

#include <string>

#include "engine/device/stream_info.hpp"

namespace tonus {

/// A stream of a motion sensor with the labels and units all drivers give it: ax ay az in m/s^2,
/// gx gy gz in rad/s, or the quaternion qw qx qy qz.
/// @param scale  unit per raw step
inline StreamInfo motion_stream(StreamKind kind, Rate rate, SampleType type, double scale, const std::string& device_id) {
    StreamInfo info{.name = std::string{stream_kind_name(kind)}, .kind = kind, .rate = rate, .type = type, .channels = {},
                    .device_id = device_id};
    const bool is_quaternion = kind == StreamKind::orientation;
    const std::string prefix = kind == StreamKind::acceleration ? "a" : is_quaternion ? "q" : "g";
    const std::string unit = kind == StreamKind::acceleration ? "m/s^2" : is_quaternion ? "" : "rad/s";
    for (const char* axis : {"w", "x", "y", "z"}) {
        if (*axis != 'w' || is_quaternion) info.channels.push_back({.label = prefix + axis, .unit = unit, .scale = scale});
    }
    return info;
}

}  // namespace tonus
