#include "bench/scorecard/cost_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "bench/scorecard/offline_speed.hpp"
#include "bench/scorecard/stage_costs.hpp"
#include "bench/scorecard/svg_plot.hpp"
#include "engine/core/error.hpp"

namespace tonus::bench {
namespace {

constexpr double kPieceS = 4.0;  // of data: what happens every few seconds is in each of them
constexpr double kHourS = 3600.0;
constexpr int kRateHz = 2000, kOfflineChannels = 16;

StageCostConfig cell(int n_channels, int n_frames) {
    return {.n_channels = static_cast<std::size_t>(n_channels), .rate = {kRateHz, 1}, .read_frames = static_cast<std::size_t>(n_frames),
            .warm_up_s = 1.5, .duration_s = kPieceS};
}

/// More where a piece is soon done.
int n_pieces(int n_channels) { return std::clamp(512 / n_channels, 3, 12); }

}  // namespace

CostTable measure_costs(const std::function<void(const std::string&, double)>& progress, const std::function<bool()>& stop) {
    CostTable table{.n_channels = {8, 16, 32, 64, 128, 384, 1024}, .n_frames = {1, 8, 32, 256}, .ns = {}};
    const double n_cells = static_cast<double>(table.n_channels.size() * table.n_frames.size()) + 1.0;
    double n_done = 0.0;
    const auto next = [&](const std::string& what) {
        if (stop && stop()) throw run_error("stopped before the table was complete");
        if (progress) progress(what, n_done / n_cells);
        n_done += 1.0;
    };
    for (const int n_frames : table.n_frames) {
        table.ns.emplace_back();
        for (const int n_channels : table.n_channels) {
            next(fmt::format("{} channels, {} frames", n_channels, n_frames));
            table.ns.back().push_back(measure_chain_ns(cell(n_channels, n_frames), n_pieces(n_channels)));
        }
    }
    next("an hour offline");
    table.offline_x_real_time = measure_offline(kHourS);
    table.offline_ns = 1e9 / (table.offline_x_real_time * kRateHz * kOfflineChannels);
    return table;
}

std::string cost_text(const CostTable& table) {
    std::string text = "| frames a read |";
    std::string rule = "|---|";
    for (const int n : table.n_channels) {
        text += fmt::format(" {} channels |", n);
        rule += "---|";
    }
    text += "\n" + rule + "\n";
    for (std::size_t f = 0; f < table.n_frames.size(); ++f) {
        text += fmt::format("| {} |", table.n_frames[f]);
        for (const double ns : table.ns[f]) text += fmt::format(" {:.1f} |", ns);
        text += "\n";
    }
    return text + fmt::format("\nns per channel-sample at {} Hz, every stage on. An hour of {} channels offline, from memory to the results table: "
                              "{:.1f} ns, {:.0f} times real time.\n",
                              kRateHz, kOfflineChannels, table.offline_ns, table.offline_x_real_time);
}

std::string cost_svg(const CostTable& table) {
    Plot plot{.title = "Cost of a channel-sample, every stage on", .x_name = "channels", .y_name = "ns", .columns = {}, .lines = {}};
    for (const int n : table.n_channels) plot.columns.push_back(fmt::format("{}", n));
    for (std::size_t f = 0; f < table.n_frames.size(); ++f) {
        plot.lines.push_back({fmt::format("{} frame{} a read", table.n_frames[f], table.n_frames[f] == 1 ? "" : "s"), table.ns[f]});
    }
    return svg_plot(plot);
}

}  // namespace tonus::bench
