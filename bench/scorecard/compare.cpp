#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "bench/scorecard/scorecard.hpp"

namespace tonus::bench {
namespace {

enum class Better { lower, higher };

/// One figure of both cards; 0 where a card has none.
struct Line {
    std::string name;
    std::string unit;
    double before = 0.0, now = 0.0;
    Better better = Better::lower;
    bool is_judged = true;  ///< false: shown, but too noisy or too small to be held against anybody
};

template <class T, class Matches>
const T* find(const std::vector<T>& all, Matches matches) {
    const auto found = std::find_if(all.begin(), all.end(), matches);
    return found == all.end() ? nullptr : &*found;
}

void add_capacity(std::vector<Line>& lines, const Scorecard& before, const Scorecard& now) {
    for (const Capacity& c : now.capacity) {
        const Capacity* old = find(before.capacity, [&](const Capacity& other) { return other.rate_hz == c.rate_hz; });
        lines.push_back({fmt::format("channels at {:.3g} kHz", 1e-3 * c.rate_hz), "", old ? static_cast<double>(old->n_channels) : 0.0,
                         static_cast<double>(c.n_channels), Better::higher});
    }
}

void add_latency(std::vector<Line>& lines, const Scorecard& before, const Scorecard& now) {
    for (const Latency& l : now.latency) {
        const Latency* old = find(before.latency, [&](const Latency& other) { return other.condition == l.condition; });
        const auto add = [&](const char* which, double was, double is, bool is_judged) {
            lines.push_back({fmt::format("delay {}, {}", l.condition, which), "us", was, is, Better::lower, is_judged});
        };
        // The tail is the system's and its neighbours': it is shown beside its floor, not judged.
        add("p50", old ? old->to_row.p50_us : 0.0, l.to_row.p50_us, l.condition != "loaded");
        add("p99.9", old ? old->to_row.p999_us : 0.0, l.to_row.p999_us, false);
        add("p99.9 of the timer", old ? old->timer_floor.p999_us : 0.0, l.timer_floor.p999_us, false);
    }
}

void add_stages(std::vector<Line>& lines, const Scorecard& before, const Scorecard& now) {
    constexpr double kShareJudged = 0.05;  // what is less moves by more than that from run to run
    for (const StageCost& s : now.stages) {
        const StageCost* old = find(before.stages, [&](const StageCost& other) { return other.stage == s.stage; });
        lines.push_back({s.stage, "ns", old ? old->ns_per_channel_sample : 0.0, s.ns_per_channel_sample, Better::lower, s.share >= kShareJudged});
    }
    lines.push_back({"a channel-sample in all", "ns", before.ns_per_channel_sample(), now.ns_per_channel_sample(), Better::lower});
}

std::vector<Line> lines_of(const Scorecard& before, const Scorecard& now) {
    std::vector<Line> lines;
    add_capacity(lines, before, now);
    add_latency(lines, before, now);
    add_stages(lines, before, now);
    lines.push_back({"rated load, of one core", "%", 100.0 * before.rated.cpu_share, 100.0 * now.rated.cpu_share, Better::lower});
    lines.push_back({"rated load, resident", "MiB", before.rated.resident_mib, now.rated.resident_mib, Better::lower});
    if (before.ring && now.ring) {
        lines.push_back({"ring, there and back", "ns", before.ring->round_trip_ns, now.ring->round_trip_ns, Better::lower});
        lines.push_back({"ring, frames a ms", "", before.ring->frames_per_ms, now.ring->frames_per_ms, Better::higher});
    }
    lines.push_back({"offline, times real time", "", before.offline_x_real_time, now.offline_x_real_time, Better::higher});
    return lines;
}

/// How many times worse it is now; 0 where one of the two is not known.
double times_worse(const Line& line) {
    if (line.before <= 0.0) return 0.0;
    if (line.better == Better::higher) return line.now > 0.0 ? line.before / line.now : 1e9;
    return line.now / line.before;
}

std::string value(double x) { return x == 0.0 ? "-" : x >= 1000.0 ? fmt::format("{:.0f}", x) : fmt::format("{:.4g}", x); }

std::string head(const char* which, const Machine& m) {
    return fmt::format("{:<7}{}, {} core{}, {}; Tonus {}, {}\n", which, m.cpu, m.n_usable, m.n_usable == 1 ? "" : "s", m.instruction_set, m.commit,
                       m.compiler);
}

}  // namespace

Comparison compare(const Scorecard& before, const Scorecard& now, double ratio) {
    Comparison result{.text = head("before", before.machine) + head("now", now.machine), .regressions = {}};
    result.text += fmt::format("\n{:<34}{:>10}{:>10}{:>8}\n", "", "before", "now", "ratio");
    for (const Line& line : lines_of(before, now)) {
        const double worse = times_worse(line);
        const bool is_regression = line.is_judged && worse > ratio;
        const std::string name = line.unit.empty() ? line.name : fmt::format("{}, {}", line.name, line.unit);
        result.text += fmt::format("{:<34}{:>10}{:>10}{:>8}{}\n", name, value(line.before), value(line.now),
                                   line.before > 0.0 ? fmt::format("{:.2f}", line.now / line.before) : "", is_regression ? "  worse" : "");
        if (is_regression) {
            result.regressions.push_back(fmt::format("{}: {} before, {} now", name, value(line.before), value(line.now)));
        }
    }
    return result;
}

}  // namespace tonus::bench
