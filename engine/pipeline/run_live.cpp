#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/core/scaled_clock.hpp"
#include "engine/pipeline/live_workers.hpp"
#include "engine/pipeline/paced_device.hpp"
#include "engine/pipeline/run.hpp"

namespace tonus {
namespace {

// Room for a sink that keeps data (design, "Threads").
constexpr double kKeepingSinkS = 30.0;
constexpr double kViewSinkS = 2.0;

constexpr double kSpeedLeast = 0.01, kSpeedMost = 100.0;

// How long a device may block in read(): longer than most are silent, so that a wait ends with frames.
// Beside others, one that brings its own stamps says only between two reads what can no longer come,
// and the merge waits for that.
constexpr std::chrono::milliseconds kPatience{20};
constexpr std::chrono::milliseconds kPatienceStampedShared{2};

/// Hands each result to several ports: the rings of the sinks.
class PortFan final : public ResultPort {
public:
    void add(ResultPort& port) { ports_.push_back(&port); }
    void row(const ResultRow& row) noexcept override {
        for (ResultPort* port : ports_) port->row(row);
    }
    void event(const Event& event) noexcept override {
        for (ResultPort* port : ports_) port->event(event);
    }

private:
    std::vector<ResultPort*> ports_;
};

void start_all(std::span<Device* const> devices) {
    for (std::size_t d = 0; d < devices.size(); ++d) {
        try {
            devices[d]->start();
        } catch (...) {
            for (std::size_t started = 0; started < d; ++started) devices[started]->stop();
            throw;
        }
    }
}

std::string kept_too_little(std::span<Sink* const> sinks,
                            std::span<const std::unique_ptr<ResultRing>> rings) {
    std::string text;
    for (std::size_t i = 0; i < sinks.size(); ++i) {
        if (!sinks[i]->keeps_data() || rings[i]->n_missed() == 0) continue;
        text += fmt::format("{} was too slow and missed {} rows; ", sinks[i]->name(),
                            rings[i]->n_missed());
    }
    return text;
}

}  // namespace

RunSummary run_live(std::span<Device* const> given, Pipeline& pipeline, std::span<Sink* const> given_sinks,
                    const LiveOptions& options) {
    SystemClock system_clock;
    const bool simulated = options.virtual_clock != nullptr;
    if (!(options.speed >= kSpeedLeast && options.speed <= kSpeedMost)) {
        throw usage_error(fmt::format("a speed of {} is not from {} to {}", options.speed, kSpeedLeast, kSpeedMost));
    }
    Clock& real = simulated ? static_cast<Clock&>(*options.virtual_clock) : system_clock;
    // All of a hurried run is in the recording's time: pace, stamps, ages and rings.
    ScaledClock clock{real, options.speed};
    const double ring_s = options.frame_ring_s * std::max(1.0, options.speed);

    std::vector<std::unique_ptr<PacedDevice>> paced;
    std::vector<Device*> devices;
    for (Device* device : given) {
        if (device->pacing() == Pacing::stamped) {
            paced.push_back(std::make_unique<PacedDevice>(*device, clock));
            device = paced.back().get();
        }
        devices.push_back(device);
    }

    std::vector<Sink*> sinks{given_sinks.begin(), given_sinks.end()};
    if (options.recorder != nullptr) {
        options.recorder->listen(devices);
        sinks.push_back(options.recorder);
    }

    std::vector<std::unique_ptr<FrameRing>> frame_rings;
    std::vector<FrameRing::Reader> readers;
    std::vector<const FrameRing*> rings;
    std::vector<std::size_t> n_streams;
    for (const Device* device : devices) {
        frame_rings.push_back(std::make_unique<FrameRing>(device->streams(), ring_s));
        readers.emplace_back(*frame_rings.back());
        rings.push_back(frame_rings.back().get());
        n_streams.push_back(device->streams().size());
    }

    PortFan port;
    std::vector<std::unique_ptr<ResultRing>> result_rings;
    for (const Sink* sink : sinks) {
        result_rings.push_back(std::make_unique<ResultRing>(
            pipeline.info().channels.size(), (sink->keeps_data() ? kKeepingSinkS : kViewSinkS) * std::max(1.0, options.speed)));
        port.add(*result_rings.back());
    }
    if (options.witness != nullptr) port.add(*options.witness);

    SessionClock session{clock, options.stop,
                         options.duration_s.value_or(std::numeric_limits<double>::infinity())};
    EngineWorker engine{pipeline, StampMerge{std::move(readers), pipeline.link_delays_ns()}, std::move(rings),
                        std::move(n_streams), port, session, options.places};
    std::vector<std::unique_ptr<Worker>> owned;
    std::vector<const DeviceWorker*> device_workers;
    for (std::size_t d = 0; d < devices.size(); ++d) {
        auto worker = std::make_unique<DeviceWorker>(
            *devices[d], *frame_rings[d], options.recorder == nullptr ? nullptr : &options.recorder->ring(d), session, engine.doorbell(),
            devices.size() > 1 && devices[d]->pacing() == Pacing::stamped ? kPatienceStampedShared : kPatience,
            d == pipeline.tick_device(), options.places, options.markers);
        device_workers.push_back(worker.get());
        owned.push_back(std::move(worker));
    }
    for (std::size_t i = 0; i < sinks.size(); ++i) {
        owned.push_back(std::make_unique<SinkWorker>(*sinks[i], *result_rings[i], engine, device_workers, session));
    }
    std::vector<Worker*> workers{&engine};
    for (const auto& worker : owned) workers.push_back(worker.get());

    for (const Worker* worker : workers) check_thread_wish(worker->thread_wish());
    for (Sink* sink : sinks) sink->begin(pipeline.info());
    start_all(devices);
    session.begin();
    MemoryHold memory = MemoryHold::none;
    if (simulated) {
        run_simulated(workers, *options.virtual_clock, options.seed);
    } else {
        run_on_threads(workers, [&] {
            memory = hold_memory();
            session.begin();
        });
        release_memory();
    }

    RunSummary account = pipeline.summary();
    if (!simulated) account.engine = {.memory = memory, .usage = engine.usage()};
    const RunSummary summary = finish_run(std::move(account), devices, sinks);
    if (const std::string missed = kept_too_little(sinks, result_rings); !missed.empty()) {
        throw run_error(missed + "the rest was kept: write to a faster disk");
    }
    return summary;
}

}  // namespace tonus
