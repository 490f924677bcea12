#include "bench/figures/figures.hpp"
#include "bench/scorecard/load_device.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "tests/realtime/realtime_guard.hpp"

namespace tonus::bench {
namespace {

class NoResults final : public ResultPort {
public:
    void row(const ResultRow&) noexcept override {}
    void event(const Event&) noexcept override {}
};

/// Takes each read under the guard.
class GuardedFeed final : public FrameSink {
public:
    explicit GuardedFeed(Pipeline& pipeline) : pipeline_(pipeline) {}
    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        const MergedRecord record{0, {.stream = stream, .first_index = first_index, .frames = frames}};
        const test::RealtimeGuard guard;
        while (!pipeline_.process(record, results_)) {}
    }

private:
    Pipeline& pipeline_;
    NoResults results_;
};

}  // namespace

void realtime_figures(Figures& figures) {
    VirtualClock clock;
    LoadDevice device{{.duration_s = 30.0, .pacing = Pacing::stamped}, clock};
    const std::span<const StreamInfo> streams = device.streams();
    Pipeline pipeline{streams, session_with_everything({&streams, 1})};
    GuardedFeed feed{pipeline};
    test::forget_offences();
    while (device.read(feed, {}) != ReadStatus::ended) {}
    const test::Offences seen = test::offences();
    figures.add("engine, 30 s of everything: allocations, locks, system calls", fmt::format("{}", seen.count), fmt::format("the first: {}", seen.first), "0",
                seen.count == 0);
}

}  // namespace tonus::bench
