// The figures of "Figures to reach" (performance) that no other program measures: live, offline, the whole
// pipeline. Each beside its limit or its reference of the same run. The reference chain and the ring have
// chain_bench and ring_bench, the transforms spectrum_bench.

#include <filesystem>
#include <memory>
#include <vector>

#include <unistd.h>

#include "bench/scorecard/distribution.hpp"
#include "bench/scorecard/live_trial.hpp"
#include "bench/scorecard/machine.hpp"
#include "bench/scorecard/recording_files.hpp"
#include "bench/scorecard/stage_costs.hpp"
#include "bench/table.hpp"
#include "drivers/driver/driver.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/pipeline/run.hpp"
#include "engine/sinks/results_table.hpp"

namespace tonus::bench {
namespace {

namespace fs = std::filesystem;

/// A folder that goes with the program.
struct TemporaryFolder {
    fs::path path = fs::temp_directory_path() / fmt::format("tonus_figures_{}", getpid());
    TemporaryFolder() { fs::create_directories(path); }
    ~TemporaryFolder() { fs::remove_all(path); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
};

class Figures {
public:
    void add(const std::string& what, const std::string& measured, const std::string& limit, bool met) {
        table_.add({what, measured, limit, requirements_.check(met, what)});
    }
    void show(const std::string& what, const std::string& measured) { table_.add({what, measured, "", ""}); }

    int finish() {
        table_.print();
        fmt::print("\n");
        return requirements_.finish();
    }

private:
    Table table_{{"figure", "measured", "required", "met"}};
    Requirements requirements_;
};

/// Replays a file as `replay --speed max --out` does.
void replay(Figures& figures, const std::string& kind, const std::string& url, const std::string& out, double seconds, double required) {
    const std::unique_ptr<Device> device = open_device(url);
    const std::span<const StreamInfo> streams = device->streams();
    Pipeline pipeline{streams, plain_session({&streams, 1})};
    ResultsTable table{system_files(), out};
    const SystemClock clock;
    const std::int64_t begin_ns = clock.now_ns();
    run_offline(*device, pipeline, table);
    const double speed = seconds / (1e-9 * static_cast<double>(clock.now_ns() - begin_ns));
    figures.add(fmt::format("offline, {:.3g} h of {} channels from {}", seconds / 3600.0, kRecordingChannels, kind), fmt::format("{:.0f}x real time", speed),
                fmt::format(">= {:.0f}x", required), speed >= required);
}

void offline(Figures& figures, bool quick) {
    const TemporaryFolder folder;
    const std::string edf = folder.path / "hour.edf", npy = folder.path / "hour.npy", out = folder.path / "out.csv";
    const double seconds = quick ? 360.0 : 3600.0;
    write_edf(system_files(), edf, seconds / 6.0);
    replay(figures, "EDF", "file:" + edf, out, seconds / 6.0, 1500.0);
    const double after_a_sixth = static_cast<double>(process_usage().resident_bytes);
    write_edf(system_files(), edf, seconds);
    replay(figures, "EDF", "file:" + edf, out, seconds, 1500.0);
    const double growth_mib = (static_cast<double>(process_usage().resident_bytes) - after_a_sixth) / (1024.0 * 1024.0);
    figures.add("resident memory, six times the length", fmt::format("{:+.1f} MiB", growth_mib), "<= 1 MiB", growth_mib <= 1.0);
    write_npy(system_files(), npy, seconds);
    replay(figures, "NPY", fmt::format("file:{}?rate={}&unit=uV", npy, kRecordingRateHz), out, seconds, 1500.0);
}

/// Sleeps until every 10 ms, as a device's thread does, and does nothing else.
class Sleeper final : public Worker {
public:
    explicit Sleeper(double seconds) : n_left_(static_cast<int>(100.0 * seconds)), next_ns_(clock_.now_ns()) {}
    std::string_view name() const noexcept override { return "sleeper"; }
    Doorbell& doorbell() noexcept override { return bell_; }
    Next step() noexcept override {
        clock_.sleep_until(next_ns_ += 10'000'000);
        return --n_left_ > 0 ? Next::again : Next::done;
    }

private:
    SystemClock clock_;
    int n_left_;
    std::int64_t next_ns_;
    Doorbell bell_;
};

/// What the system takes, of one core, to wake that many threads 100 times a second.
double sleepers_share(int n, double seconds) {
    std::vector<std::unique_ptr<Sleeper>> owned;
    std::vector<Worker*> workers;
    for (int i = 0; i < n; ++i) {
        owned.push_back(std::make_unique<Sleeper>(seconds));
        workers.push_back(owned.back().get());
    }
    const double before_s = process_usage().cpu_s;
    run_on_threads(workers);
    return (process_usage().cpu_s - before_s) / seconds;
}

void live(Figures& figures, bool quick) {
    const double seconds = quick ? 3.0 : 10.5;  // a thousand ticks, so that p99.9 is one of them
    const auto delays = [&](const std::string& name, const TrialConfig& config, double p50_most_us, bool floor_counts) {
        const Trial trial = run_trial(config);
        const Distribution row = distribution_of(trial.to_row_ns), floor = distribution_of(trial.wake_late_ns);
        figures.add(name + ", p50", fmt::format("{:.1f} us", row.p50_us), fmt::format("<= {:.0f} us", p50_most_us), row.p50_us <= p50_most_us);
        const std::string p999 = fmt::format("{:.0f} us", row.p999_us);
        const std::string timer = fmt::format("<= the timer's {:.0f} us", floor.p999_us);
        if (floor_counts) figures.add(name + ", p99.9", p999, timer, row.p999_us <= floor.p999_us);
        else figures.show(name + ", p99.9", p999);
        figures.add(name + ", page faults of the engine", fmt::format("{}", trial.engine.n_page_faults), "0", trial.engine.n_page_faults == 0);
    };
    delays("arrival to row, reads of 10 ms", {.duration_s = seconds, .everything = false}, 60.0, true);
    if (usable_cpus().size() > 1) {
        delays("spinning, reads of a frame", {.read_s = 0.0005, .duration_s = seconds, .everything = false, .places = {.spin = true}}, 2.0, false);
        delays("spinning, reads of 10 ms", {.duration_s = seconds, .everything = false, .places = {.spin = true}}, 2.0, false);
    }
    const double floor = sleepers_share(9, seconds);
    const Trial rated = run_trial({.n_channels = 32, .duration_s = seconds, .n_motion_sensors = 8, .frame_ring_s = 10.0});
    figures.add("32 sEMG, 8 motion sensors: of one core", fmt::format("{:.2f} %", 100.0 * rated.process_share), "<= 2 %", rated.process_share <= 0.02);
    figures.show("  nine threads that only sleep until the next 10 ms", fmt::format("{:.2f} %", 100.0 * floor));
    figures.add("32 sEMG, 8 motion sensors: resident", fmt::format("{:.1f} MiB", rated.resident_mib), "<= 48 MiB", rated.resident_mib <= 48.0);
    figures.add("32 sEMG, 8 motion sensors: page faults of the engine", fmt::format("{}", rated.engine.n_page_faults), "0",
                rated.engine.n_page_faults == 0);
}

int run(bool quick) {
    const Machine machine = this_machine();
    fmt::print("{}, {} cores, {}; {}, {}, {}\n\n", machine.cpu, machine.n_usable, machine.instruction_set, machine.compiler, machine.build, machine.commit);
    Figures figures;
    live(figures, quick);
    offline(figures, quick);
    return figures.finish();
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
