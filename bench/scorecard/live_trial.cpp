#include "bench/scorecard/live_trial.hpp"

#include <algorithm>
#include <memory>

#include "bench/scorecard/busy_cores.hpp"
#include "engine/pipeline/run.hpp"
#include "engine/sinks/results_table.hpp"

namespace tonus::bench {
namespace {

constexpr std::size_t kTicksWarmUp = 50;
constexpr std::int64_t kTickNs = 10'000'000;
constexpr std::int64_t kMissing = -1;

/// Notes when each row was in the rings of the sinks.
class RowWitness final : public ResultPort {
public:
    RowWitness(const Clock& clock, std::size_t n_ticks) : row_ns(n_ticks, kMissing), clock_(clock) {}

    void row(const ResultRow& row) noexcept override {
        if (row.tick < row_ns.size()) row_ns[row.tick] = clock_.now_ns();
    }
    void event(const Event&) noexcept override {}

    std::vector<std::int64_t> row_ns;

private:
    const Clock& clock_;
};

/// Looks at the process while it runs: afterwards its memory is given back.
class Gauge final : public Sink {
public:
    std::string_view name() const noexcept override { return "gauge"; }
    bool keeps_data() const noexcept override { return false; }
    void begin(const SessionInfo&) override {}
    void row(const ResultRow&) noexcept override {}
    void event(const Event&) noexcept override {}
    void end(const RunSummary&) override {}
    void idle(double, std::uint64_t) noexcept override {
        if (n_looks_++ % kIdlePerLook == 0) usage = process_usage();
    }

    ProcessUsage usage;

private:
    static constexpr int kIdlePerLook = 25;  // half a second
    int n_looks_ = 0;
};

void judge(Trial& trial, const LoadDevice& device, const std::vector<std::int64_t>& row_ns) {
    const std::span<const std::int64_t> read_ns = device.tick_read_ns();
    for (std::size_t tick = kTicksWarmUp; tick < read_ns.size(); ++tick) {
        const bool there = tick < row_ns.size() && row_ns[tick] != kMissing;
        const std::int64_t delay_ns = there ? row_ns[tick] - read_ns[tick] : kTickNs + 1;
        if (there) trial.to_row_ns.push_back(delay_ns);
        trial.n_late += delay_ns > kTickNs ? 1 : 0;
    }
    const std::span<const std::int64_t> late_ns = device.wake_late_ns();
    const std::size_t n_skip = late_ns.size() * kTicksWarmUp / std::max<std::size_t>(1, read_ns.size());
    trial.wake_late_ns.assign(late_ns.begin() + static_cast<std::ptrdiff_t>(std::min(n_skip, late_ns.size())), late_ns.end());
}

}  // namespace

Trial run_trial(const TrialConfig& config) {
    SystemClock clock;
    std::vector<std::unique_ptr<LoadDevice>> owned;
    owned.push_back(std::make_unique<LoadDevice>(
        LoadDeviceConfig{.n_channels = config.n_channels, .rate = config.rate,
                         .read_frames = std::max<std::size_t>(1, config.rate.frames_in(config.read_s)), .duration_s = config.duration_s}, clock));
    for (int i = 0; i < config.n_motion_sensors; ++i) {
        owned.push_back(std::make_unique<LoadDevice>(
            LoadDeviceConfig{.kind = StreamKind::acceleration, .n_channels = 6, .rate = {200, 1}, .read_frames = 2,
                             .duration_s = config.duration_s, .start_after_s = 0.001 * (i + 1)}, clock));
    }
    std::vector<Device*> devices;
    std::vector<std::span<const StreamInfo>> streams;
    for (const auto& device : owned) {
        devices.push_back(device.get());
        streams.push_back(device->streams());
    }
    Pipeline pipeline{streams, config.everything ? session_with_everything(streams) : plain_session(streams)};
    ResultsTable table{system_files(), "/dev/null"};
    Gauge gauge;
    Sink* const sinks[] = {&table, &gauge};
    RowWitness witness{clock, config.rate.tick_of(config.rate.frames_in(config.duration_s)) + 1};
    const BusyCores busy{config.busy_cores};

    const double cpu_before_s = process_usage().cpu_s;
    const RunSummary summary = run_live(devices, pipeline, sinks,
                                        {.duration_s = config.duration_s + 1.0, .frame_ring_s = config.frame_ring_s,
                                         .places = config.places, .witness = &witness});
    Trial trial{.n_frames_lost = summary.streams[0].ledger.lost_total(),
                .engine_share = summary.engine->usage.cpu_s / config.duration_s,
                .process_share = (process_usage().cpu_s - cpu_before_s) / config.duration_s,
                .resident_mib = static_cast<double>(gauge.usage.resident_bytes) / (1024.0 * 1024.0),
                .engine = summary.engine->usage,
                .memory = summary.engine->memory};
    judge(trial, *owned.front(), witness.row_ns);
    return trial;
}

}  // namespace tonus::bench
