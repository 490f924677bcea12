#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "engine/core/clock.hpp"
#include "engine/core/worker.hpp"
#include "engine/device/device.hpp"
#include "engine/pipeline/live_places.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/sinks/recorder.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// How a live run is driven.
struct LiveOptions {
    /// Set from outside (a signal, a key) to end the run in good order.
    const std::atomic<bool>* stop = nullptr;
    /// Recordings and the simulator pass this many times as fast as they were recorded; from 0.01 to 100.
    double speed = 1.0;
    /// Ends the run after this long, in the time of the recording; nothing runs until the devices end.
    std::optional<double> duration_s = {};
    /// With a virtual clock, instead of a thread each, all workers run on this one, in an order
    /// drawn from `seed`.
    VirtualClock* virtual_clock = nullptr;
    std::uint64_t seed = 0;
    /// Of all of a device's streams: room for the engine being held up.
    double frame_ring_s = 10.0;
    /// Where the threads run and how they wait.
    LivePlaces places = {};
    /// Gets every result too, on the engine's thread and after the sinks' rings: to measure when
    /// a row is there. Must keep what the engine's thread keeps.
    ResultPort* witness = nullptr;
    /// Writes the session down. A sink like the others, but for its rings with what the devices sent.
    Recorder* recorder = nullptr;
    /// Gets what live devices remark, in the session's time. Outlives the run.
    MarkerBoard* markers = nullptr;
};

/// Runs devices live: a thread for each, one for the pipeline, one for each sink. Recordings and
/// the simulator are paced to the moments their frames arrived.
/// Throws Error when a device does not start, a sink could not keep its data, or the threads may not
/// be placed as asked.
RunSummary run_live(std::span<Device* const> devices, Pipeline& pipeline,
                    std::span<Sink* const> sinks, const LiveOptions& options = {});

/// Called now and then with the part done, 0 to 1, or negative where it is not known.
using ProgressCallback = std::function<void(double)>;

/// Runs recordings through the same stages on this thread, as fast as they go.
/// Throws Error for a device that is not a recording, or when a sink could not keep its data.
RunSummary run_offline(std::span<Device* const> devices, Pipeline& pipeline,
                       std::span<Sink* const> sinks, const ProgressCallback& progress = {},
                       const std::atomic<bool>* stop = nullptr);

inline RunSummary run_live(Device& device, Pipeline& pipeline, Sink& sink) {
    Device* const devices[] = {&device};
    Sink* const sinks[] = {&sink};
    return run_live(devices, pipeline, sinks);
}

inline RunSummary run_offline(Device& device, Pipeline& pipeline, Sink& sink) {
    Device* const devices[] = {&device};
    Sink* const sinks[] = {&sink};
    return run_offline(devices, pipeline, sinks);
}

}  // namespace tonus
