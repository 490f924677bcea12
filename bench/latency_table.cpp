// How long after the read that completes a 10 ms tick its row is in the result ring, as a distribution, with
// the lateness of the system's own timer in the same run below it: 16 channels at 2 kHz, real threads and rings.

#include "bench/scorecard/distribution.hpp"
#include "bench/scorecard/live_trial.hpp"
#include "bench/scorecard/load_device.hpp"
#include "bench/scorecard/machine.hpp"
#include "bench/table.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/pipeline/pipeline.hpp"

namespace tonus::bench {
namespace {

/// Takes a read after a pause in which its thread spins, and notes how long until the row.
class WorkAlone final : public FrameSink, public ResultPort {
public:
    WorkAlone(Pipeline& pipeline, const Clock& clock, std::int64_t pause_ns) : pipeline_(pipeline), clock_(clock), pause_ns_(pause_ns) {}

    void push(std::size_t stream, std::uint64_t first_index, RawFrames frames) noexcept override {
        const std::int64_t due_ns = clock_.now_ns() + pause_ns_;
        while (clock_.now_ns() < due_ns) relax_cpu();
        begin_ns_ = clock_.now_ns();
        pipeline_.process({0, {.stream = stream, .first_index = first_index, .overrun_before = 0, .frames = frames}}, *this);
    }
    void row(const ResultRow&) noexcept override { took_ns.push_back(clock_.now_ns() - begin_ns_); }
    void event(const Event&) noexcept override {}

    std::vector<std::int64_t> took_ns;

private:
    Pipeline& pipeline_;
    const Clock& clock_;
    std::int64_t pause_ns_, begin_ns_ = 0;
};

/// From reads of 10 ms to their rows on one thread that nothing wakes: what the stages take, and what a cache takes
/// that others have used meanwhile.
Distribution work_alone(double seconds, std::int64_t pause_ns) {
    SystemClock clock;
    LoadDevice device{{.read_frames = 20, .duration_s = seconds, .pacing = Pacing::stamped}, clock};
    const std::span<const StreamInfo> streams = device.streams();
    Pipeline pipeline{streams, plain_session({&streams, 1})};
    WorkAlone work{pipeline, clock, pause_ns};
    while (device.read(work, std::chrono::milliseconds{0}) == ReadStatus::frames) {}
    return distribution_of(work.took_ns);
}

int run(bool quick) {
    const double seconds = quick ? 3.0 : 30.0;
    const Machine machine = this_machine();
    fmt::print("{}, {} cores, {}; {}, {}, {}; microseconds\n\n", machine.cpu, machine.n_usable, machine.instruction_set, machine.compiler, machine.build,
               machine.commit);
    Table table{{"run", "p50", "p99", "p99.9", "max", "of", "rows late", "resident MiB"}};
    const auto row = [&](const std::string& name, const Distribution& d, const std::string& n_late, const std::string& resident) {
        table.add({name, fmt::format("{:.1f}", d.p50_us), fmt::format("{:.0f}", d.p99_us), fmt::format("{:.0f}", d.p999_us), fmt::format("{:.0f}", d.max_us),
                   fmt::format("{}", d.n), n_late, resident});
    };
    const auto measure = [&](const std::string& name, const TrialConfig& config) {
        const Trial trial = run_trial(config);
        row(name, distribution_of(trial.to_row_ns), fmt::format("{}", trial.n_late), fmt::format("{:.1f}", trial.resident_mib));
        row("  the system's timer", distribution_of(trial.wake_late_ns), "", "");
    };
    measure("reads of 10 ms", {.duration_s = seconds, .everything = false});
    measure("the same, every core busy", {.duration_s = seconds, .busy_cores = true, .everything = false});
    if (machine.n_usable > 1) {
        measure("spinning, reads of 10 ms", {.duration_s = seconds, .everything = false, .places = {.spin = true}});
        measure("spinning, reads of a frame", {.read_s = 0.0005, .duration_s = seconds, .everything = false, .places = {.spin = true}});
    }
    row("one thread, a read right after the last", work_alone(10.0 * seconds, 0), "", "");
    row("one thread, after spinning for 10 ms", work_alone(seconds, 10'000'000), "", "");
    table.print();
    return 0;
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
