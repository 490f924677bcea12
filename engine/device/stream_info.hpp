#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/rate.hpp"
#include "engine/device/frames.hpp"
#include "engine/device/gap.hpp"

namespace tonus {

enum class StreamKind { emg, ecg, acceleration, angular_rate, orientation, other };

std::string_view stream_kind_name(StreamKind kind) noexcept;

/// One channel of a stream: what turns its raw numbers into units.
struct ChannelInfo {
    std::string label = {};           ///< as the device names it: "EMG 1"
    std::string unit = "uV";     ///< after scaling: uV, m/s^2, rad/s ... empty where unknown
    double scale = 1.0;          ///< unit per raw step: value = raw * scale + offset
    double offset = 0.0;
    /// Raw values at the ends of the converter's range; nothing where the device does not say.
    /// Without them only plateaus show that a signal clips.
    std::optional<double> raw_min = {};
    std::optional<double> raw_max = {};
};

/// What one stream of a device sends. Fixed while the device is open.
struct StreamInfo {
    std::string name = {};               ///< "emg"
    StreamKind kind = StreamKind::other;
    Rate rate = {};                      ///< frames per second, as discovered at run time
    SampleType type = SampleType::int32;
    std::vector<ChannelInfo> channels = {};
    /// What a jump of the frame index means for this device.
    GapCause jump_cause = GapCause::device;
    std::string device_id = {};          ///< stable identity: "cyton:DM01ABCD", "file:squat.edf"
    std::string settings = {};           ///< what a reference depends on: "gain=24"

    std::size_t frame_bytes() const noexcept { return channels.size() * size_of(type); }
};

}  // namespace tonus
