#pragma once

#include <memory>
#include <string>

#include "drivers/lsl/liblsl.hpp"
#include "engine/core/clock.hpp"
#include "engine/device/device.hpp"
#include "engine/formats/xdf_stream.hpp"

namespace tonus::lsl {

/// A stream of texts or numbers that come when something happens: a device without streams, whose markers()
/// they are. Channels of one sample are one marker, "a, b"; numbers bear the stream's name, "trigger: 3", as
/// recordings of other programs have them.
///
/// Time     the sender's stamps on the host's clock, right to LSL's time correction; what is stamped ahead
///          is of the moment it came.
/// Bounds   a marker has at most 400 bytes, so that it fits where recordings are read; a sender that floods
///          is listened to for 65,536 of them.
/// Lost     when its sender says so. Silence is none: nobody knows when the next one is due.
///
/// @param inlet  taken over
std::unique_ptr<Device> make_marker_device(const Liblsl& api, std::string name, Inlet inlet, const formats::XdfStream& stream, Clock& clock);

}  // namespace tonus::lsl
