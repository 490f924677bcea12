#include <algorithm>
#include <memory>
#include <vector>

#include "engine/core/denormals.hpp"
#include "engine/core/error.hpp"
#include "engine/pipeline/direct_port.hpp"
#include "engine/pipeline/ring_sink.hpp"
#include "engine/pipeline/run.hpp"

namespace tonus {
namespace {

constexpr double kRingS = 2.0;
constexpr int kRecordsPerProgress = 256;

struct Lane {
    Device* device;
    FrameRing ring;
    RingSink sink;
    bool ended = false;

    explicit Lane(Device& d) : device(&d), ring(d.streams(), kRingS), sink(ring) {}
};

/// Reads every device until it has something in its ring, or has ended.
void fill(std::span<const std::unique_ptr<Lane>> lanes, StampMerge& merge) noexcept {
    for (std::size_t d = 0; d < lanes.size(); ++d) {
        Lane& lane = *lanes[d];
        while (!lane.ended && !merge.has_record(d)) {
            const ReadStatus status = lane.device->read(lane.sink, std::chrono::milliseconds{0});
            lane.ended = status == ReadStatus::ended || status == ReadStatus::lost;
            if (lane.ended) lane.sink.finish();
        }
    }
}

double progress_of(std::span<Device* const> devices) {
    double least = 1.0;
    for (const Device* device : devices) least = std::min(least, device->progress());
    return least;
}

}  // namespace

RunSummary run_offline(std::span<Device* const> devices, Pipeline& pipeline,
                       std::span<Sink* const> sinks, const ProgressCallback& progress,
                       const std::atomic<bool>* stop) {
    std::vector<std::unique_ptr<Lane>> lanes;
    std::vector<FrameRing::Reader> readers;
    for (Device* device : devices) {
        if (device->pacing() != Pacing::stamped) {
            throw usage_error("a device that sends live cannot be replayed: use tonus run");
        }
        lanes.push_back(std::make_unique<Lane>(*device));
        readers.emplace_back(lanes.back()->ring);
    }
    StampMerge merge{std::move(readers), pipeline.link_delays_ns()};
    DirectPort port{sinks};
    const FlushDenormals flush;

    for (Sink* sink : sinks) sink->begin(pipeline.info());
    for (Device* device : devices) device->start();
    int n_records = 0;
    for (bool stopped = false; !stopped;) {
        fill(lanes, merge);
        const std::optional<MergedRecord> merged = merge.front();
        if (!merged) break;
        while (!pipeline.process(*merged, port)) {}
        merge.pop();
        if (++n_records % kRecordsPerProgress == 0) {
            if (progress) progress(progress_of(devices));
            stopped = stop != nullptr && stop->load(std::memory_order_relaxed);
        }
    }
    for (std::size_t d = 0; d < devices.size(); ++d) {
        for (std::size_t s = 0; s < devices[d]->streams().size(); ++s) {
            pipeline.end_stream(d, s, lanes[d]->ring.overrun_frames(s), port);
        }
        devices[d]->stop();
    }
    if (progress) progress(1.0);
    return finish_run(pipeline.summary(), devices, sinks);
}

}  // namespace tonus
