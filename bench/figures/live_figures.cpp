#include <memory>
#include <vector>

#include "bench/figures/figures.hpp"
#include "bench/scorecard/distribution.hpp"
#include "bench/scorecard/live_trial.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/core/worker.hpp"

namespace tonus::bench {
namespace {

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

std::string timer(double late_us) { return fmt::format("the system's timer {:.0f} us", late_us); }

void delays(Figures& figures, const std::string& name, const TrialConfig& config, double p50_most_us, bool judge_tail) {
    const Trial trial = run_trial(config);
    const Distribution row = distribution_of(trial.to_row_ns), floor = distribution_of(trial.wake_late_ns);
    figures.add(name + ", p50", fmt::format("{:.1f} us", row.p50_us), timer(floor.p50_us), fmt::format("<= {:.0f} us", p50_most_us),
                row.p50_us <= p50_most_us);
    const std::string tail = fmt::format("{:.0f} us", row.p999_us), floor_tail = timer(floor.p999_us);
    if (judge_tail) figures.add(name + ", p99.9", tail, floor_tail, "<= the timer's", row.p999_us <= floor.p999_us);
    else figures.show(name + ", p99.9", tail, floor_tail);
    figures.add(name + ", page faults of the engine", fmt::format("{}", trial.engine.n_page_faults), "", "0", trial.engine.n_page_faults == 0);
}

}  // namespace

void live_figures(Figures& figures, bool quick) {
    const double seconds = quick ? 3.0 : 10.5;  // a thousand ticks, so that p99.9 is one of them
    const double short_s = quick ? 2.0 : 5.0;   // where only the median is judged
    delays(figures, "arrival to row, reads of 10 ms", {.duration_s = seconds, .everything = false}, 60.0, true);
    if (usable_cpus().size() > 1) {
        delays(figures, "spinning, reads of a frame", {.read_s = 0.0005, .duration_s = short_s, .everything = false, .places = {.spin = true}}, 2.0, false);
        delays(figures, "spinning, reads of 10 ms", {.duration_s = short_s, .everything = false, .places = {.spin = true}}, 2.0, false);
    }
    const double floor = sleepers_share(9, short_s);
    const Trial rated = run_trial({.n_channels = 32, .duration_s = seconds, .n_motion_sensors = 8, .frame_ring_s = 10.0});
    const std::string name = "32 sEMG, 8 motion sensors, everything on: ";
    figures.add(name + "of one core", fmt::format("{:.2f} %", 100.0 * rated.process_share),
                fmt::format("nine threads that only sleep 10 ms {:.2f} %", 100.0 * floor), "<= 2 %", rated.process_share <= 0.02);
    figures.add(name + "resident", fmt::format("{:.1f} MiB", rated.resident_mib), "", "<= 48 MiB", rated.resident_mib <= 48.0);
    figures.add(name + "page faults of the engine", fmt::format("{}", rated.engine.n_page_faults), "", "0", rated.engine.n_page_faults == 0);
}

}  // namespace tonus::bench
