// What every record of a device passes on its way to the chain: pushed into its ring, merged with those of the
// other devices, placed on the stream's timeline. Records of 10 ms; `items_per_second` counts records.

#include <memory>

#include <benchmark/benchmark.h>

#include "engine/timeline/stamp_merge.hpp"
#include "engine/timeline/stream_timeline.hpp"

namespace tonus::bench {
namespace {

constexpr std::size_t kFrames = 20, kChannels = 16;

StreamInfo stream() {
    StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = {2000, 1}, .type = SampleType::int32};
    stream.channels.assign(kChannels, {.label = "ch", .unit = "uV"});
    return stream;
}

void BM_RingMergePlace(benchmark::State& state) {
    const auto n_devices = static_cast<std::size_t>(state.range(0));
    const StreamInfo info = stream();
    std::vector<std::unique_ptr<FrameRing>> rings;
    std::vector<FrameRing::Writer> writers;
    std::vector<FrameRing::Reader> readers;
    for (std::size_t i = 0; i < n_devices; ++i) {
        rings.push_back(std::make_unique<FrameRing>(std::span{&info, 1}, 1.0));
        writers.emplace_back(*rings.back());
        readers.emplace_back(*rings.back());
    }
    StampMerge merge{std::move(readers)};
    std::vector<StreamTimeline> timelines(n_devices, StreamTimeline{info});
    const std::vector<std::int32_t> counts(kFrames * kChannels, 7);
    std::int64_t now_ns = 0;
    std::uint64_t first = 0;
    for (auto _ : state) {
        now_ns += 10'000'000;
        for (FrameRing::Writer& writer : writers) {
            writer.push(0, first, raw_frames(std::span{counts}, kChannels, now_ns), now_ns);
            writer.heard_until(now_ns);
        }
        first += kFrames;
        while (const std::optional<MergedRecord> record = merge.front()) {
            benchmark::DoNotOptimize(timelines[record->device].place(record->record));
            merge.pop();
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(BM_RingMergePlace)->ArgName("devices")->Arg(1)->Arg(9);

}  // namespace
}  // namespace tonus::bench
