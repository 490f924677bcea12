#include <limits>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "engine/core/error.hpp"
#include "engine/pipeline/live_workers.hpp"
#include "engine/pipeline/paced_device.hpp"
#include "engine/pipeline/run.hpp"

namespace tonus {
namespace {

// Room for the engine being held up, and for a sink that keeps data (design, "Threads").
constexpr double kFrameRingS = 10.0;
constexpr double kKeepingSinkS = 30.0;
constexpr double kViewSinkS = 2.0;

// How long a device may block in read(). With several devices the merge waits for the slowest.
constexpr std::chrono::milliseconds kPatienceAlone{10};
constexpr std::chrono::milliseconds kPatienceShared{2};

/// Writes each result into the ring of every sink.
class RingsPort final : public ResultPort {
public:
    void add(ResultRing& ring) { rings_.push_back(&ring); }
    void row(const ResultRow& row) noexcept override {
        for (ResultRing* ring : rings_) ring->row(row);
    }
    void event(const Event& event) noexcept override {
        for (ResultRing* ring : rings_) ring->event(event);
    }

private:
    std::vector<ResultRing*> rings_;
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

RunSummary run_live(std::span<Device* const> given, Pipeline& pipeline, std::span<Sink* const> sinks,
                    const LiveOptions& options) {
    SystemClock system_clock;
    const bool simulated = options.virtual_clock != nullptr;
    Clock& clock = simulated ? static_cast<Clock&>(*options.virtual_clock) : system_clock;

    std::vector<std::unique_ptr<PacedDevice>> paced;
    std::vector<Device*> devices;
    for (Device* device : given) {
        if (device->pacing() == Pacing::stamped) {
            paced.push_back(std::make_unique<PacedDevice>(*device, clock));
            device = paced.back().get();
        }
        devices.push_back(device);
    }

    std::vector<std::unique_ptr<FrameRing>> frame_rings;
    std::vector<FrameRing::Reader> readers;
    std::vector<const FrameRing*> rings;
    std::vector<std::size_t> n_streams;
    for (const Device* device : devices) {
        frame_rings.push_back(std::make_unique<FrameRing>(device->streams(), kFrameRingS));
        readers.emplace_back(*frame_rings.back());
        rings.push_back(frame_rings.back().get());
        n_streams.push_back(device->streams().size());
    }

    RingsPort port;
    std::vector<std::unique_ptr<ResultRing>> result_rings;
    for (const Sink* sink : sinks) {
        result_rings.push_back(std::make_unique<ResultRing>(
            pipeline.info().channels.size(), sink->keeps_data() ? kKeepingSinkS : kViewSinkS));
        port.add(*result_rings.back());
    }

    SessionClock session{clock, options.stop,
                         options.duration_s.value_or(std::numeric_limits<double>::infinity())};
    EngineWorker engine{pipeline, StampMerge{std::move(readers)}, std::move(rings),
                        std::move(n_streams), port};
    std::vector<std::unique_ptr<Worker>> owned;
    for (std::size_t d = 0; d < devices.size(); ++d) {
        owned.push_back(std::make_unique<DeviceWorker>(
            *devices[d], *frame_rings[d], session, engine.doorbell(),
            devices.size() > 1 ? kPatienceShared : kPatienceAlone));
    }
    for (std::size_t i = 0; i < sinks.size(); ++i) {
        owned.push_back(std::make_unique<SinkWorker>(*sinks[i], *result_rings[i], engine, session));
    }
    std::vector<Worker*> workers{&engine};
    for (const auto& worker : owned) workers.push_back(worker.get());

    for (Sink* sink : sinks) sink->begin(pipeline.info());
    start_all(devices);
    session.begin();
    if (simulated) {
        run_simulated(workers, *options.virtual_clock, options.seed);
    } else {
        run_on_threads(workers);
    }

    const RunSummary summary = finish_run(devices, pipeline, sinks);
    if (const std::string missed = kept_too_little(sinks, result_rings); !missed.empty()) {
        throw run_error(missed + "the rest was kept: write to a faster disk");
    }
    return summary;
}

}  // namespace tonus
