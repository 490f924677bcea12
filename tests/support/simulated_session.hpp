#pragma once

#include <memory>
#include <string>
#include <vector>

#include "drivers/driver/driver.hpp"
#include "engine/pipeline/run.hpp"
#include "engine/pipeline/session.hpp"
#include "tests/support/collecting_sink.hpp"

namespace tonus::test {

/// The session of a device's own labels, with a true reference for every channel: resting noise
/// and maximum as the simulated subject has them. `mvc_uv` is per channel, in order.
inline Session session_with_references(Device& device, const std::vector<double>& mvc_uv, double rest_uv) {
    const std::span<const StreamInfo> streams = device.streams();
    Session session = default_session({&streams, 1});
    for (std::size_t i = 0; i < session.channels.size(); ++i) {
        session.channels[i].reference = MvcReference{.rest_uv = rest_uv, .mvc_uv = mvc_uv[i % mvc_uv.size()]};
    }
    return session;
}

/// Runs one address through a pipeline of its own, at full speed.
inline CollectingSink replay(const std::string& url, const Session& session) {
    const std::unique_ptr<Device> device = open_device(url);
    Pipeline pipeline{device->streams(), session};
    CollectingSink sink;
    run_offline(*device, pipeline, sink);
    return sink;
}

}  // namespace tonus::test
