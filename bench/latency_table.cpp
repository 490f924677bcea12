// How long after the read that completes a 10 ms tick its row is in the result ring, as a distribution, with
// the lateness of the system's own timer in the same run below it: 16 channels at 2 kHz, real threads and rings.

#include "bench/scorecard/distribution.hpp"
#include "bench/scorecard/live_trial.hpp"
#include "bench/scorecard/machine.hpp"
#include "bench/table.hpp"

namespace tonus::bench {
namespace {

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
    table.print();
    return 0;
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
