#pragma once

#include <memory>

#include "drivers/driver/source_url.hpp"
#include "drivers/lsl/liblsl.hpp"
#include "engine/core/clock.hpp"
#include "engine/device/device.hpp"

namespace tonus::lsl {

/// One stream of the Lab Streaming Layer as a device; channels of several kinds become a stream each.
///
/// The sender's stamps, brought to this machine's clock, tell losses (stamp_counter.hpp) and the age of
/// what comes. All that has come is handed on at once, so that what follows works on the newest.
/// It is lost when its sender says so or, at a fixed rate, when nothing has come for a second.
///
/// A stream of texts, or of whole numbers without a rate, is one of markers (marker_device.hpp).
///
/// Throws Error when the stream is not there or cannot be understood.
std::unique_ptr<Device> open_inlet(const Liblsl& api, const SourceUrl& url, Clock& clock);

}  // namespace tonus::lsl
