#include <optional>

#include <fmt/format.h>

#include "bench/scorecard/cost_table.hpp"
#include "bench/scorecard/measure.hpp"
#include "engine/core/error.hpp"
#include "engine/core/text_file.hpp"
#include "engine/sinks/text_writer.hpp"
#include "tools/tonus/commands.hpp"
#include "tools/tonus/terminal.hpp"

namespace tonus::cli {
namespace {

using tonus::bench::Scorecard;

Scorecard measure(const BenchOptions& options) {
    ProgressBar bar{"measuring", !options.quiet};
    return tonus::bench::measure_scorecard({.quick = options.quick,
                                            .progress = [&](const std::string&, double part) { bar.show(part); },
                                            .stop = [] { return interrupted().load(); }});
}

Scorecard load_scorecard(const std::string& path) {
    return tonus::bench::scorecard_from_json(read_text(system_files(), path), path);
}

void write_text(const std::string& path, const std::string& text) {
    TextWriter file{system_files(), path};
    file.text(text);
    file.close();
}

/// Says both side by side. Returns the exit code: 1 when something is worse than the ratio allows.
int say_comparison(const Scorecard& before, const Scorecard& now, const BenchOptions& options) {
    const tonus::bench::Comparison comparison = compare(before, now, options.ratio);
    if (!options.quiet) fmt::print("{}\n", comparison.text);
    for (const std::string& regression : comparison.regressions) fmt::print(stderr, "tonus: worse than {:g} times: {}\n", options.ratio, regression);
    return comparison.regressions.empty() ? 0 : 1;
}

int bench_costs(const BenchOptions& options) {
    ProgressBar bar{"measuring", !options.quiet};
    const tonus::bench::CostTable table = tonus::bench::measure_costs([&](const std::string&, double part) { bar.show(part); },
                                                                      [] { return interrupted().load(); });
    if (!options.quiet) fmt::print("{}", cost_text(table));
    if (!options.svg.empty()) write_text(options.svg, cost_svg(table));
    return 0;
}

}  // namespace

int bench(const BenchOptions& options) {
    if (options.costs) return bench_costs(options);
    // Read before measuring: two minutes are long to wait for a mistyped name.
    std::optional<Scorecard> before;
    if (!options.compare.empty()) before = load_scorecard(options.compare);
    if (!options.json.empty() && (options.json == options.compare || options.json == options.from)) {
        throw usage_error(options.json + " would be overwritten, and it is what is compared: name another file");
    }
    const Scorecard now = options.from.empty() ? measure(options) : load_scorecard(options.from);
    if (!options.quiet && options.json != "/dev/stdout") fmt::print("{}", scorecard_text(now));
    // After the text: a disk that refuses does not take the figures along, and a run that was stopped
    // does not empty the file of an earlier one.
    if (!options.json.empty()) write_text(options.json, scorecard_json(now));
    return before ? say_comparison(*before, now, options) : 0;
}

}  // namespace tonus::cli
