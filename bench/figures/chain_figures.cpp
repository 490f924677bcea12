#include <algorithm>
#include <limits>
#include <vector>

#include "bench/figures/figures.hpp"
#include "bench/races/chain_race.hpp"
#include "bench/scorecard/stage_costs.hpp"

namespace tonus::bench {
namespace {

std::string mega(double rate) { return fmt::format("{:.{}f} Mcs/s", 1e-6 * rate, rate < 100e6 ? 1 : 0); }

/// The count at which our share of the yardstick is least.
void least_share(Figures& figures, bool quick) {
    const std::string what = "reference chain, 8 to 1024 channels, least share of the yardstick", required = ">= 0.8";
    double least = 0.0;
    std::size_t at = 0;
    ChainRates rates_there;
    for (const std::size_t n : {8u, 16u, 24u, 32u, 40u, 64u, 128u, 256u, 384u, 512u, 1000u, 1024u}) {
        const ChainRates rates = race_chains(n, quick ? 5 : 15);
        if (rates.yardstick == 0.0) return figures.show(what, "-", "the yardstick is not built (-DTONUS_YARDSTICK)", required);
        const double share = rates.ours / rates.yardstick;
        if (at != 0 && share >= least) continue;
        least = share;
        at = n;
        rates_there = rates;
    }
    figures.add(what, fmt::format("{:.2f}: {}, {} channels", least, mega(rates_there.ours), at), mega(rates_there.yardstick), required, least >= 0.8);
}

void times(Figures& figures, const std::string& peer, double ours, double theirs, double required) {
    const std::string what = fmt::format("reference chain, 16 channels, against {}", peer), at_least = fmt::format(">= {:.0f}x", required);
    if (theirs == 0.0) return figures.show(what, mega(ours), "not installed", at_least);
    figures.add(what, fmt::format("{:.1f}x: {}", ours / theirs, mega(ours)), mega(theirs), at_least, ours >= required * theirs);
}

}  // namespace

void chain_figures(Figures& figures, bool quick) {
    const int n_rounds = quick ? 5 : 15;
    least_share(figures, quick);
    const ChainRates few = race_chains(16, n_rounds), many = race_chains(1024, n_rounds), bare = race_chains(64, n_rounds);
    times(figures, "the scalar loop, float", few.ours, few.scalar_float, 10.0);
    times(figures, "the scalar loop, double", few.ours, few.scalar_double, 10.0);
    figures.show("reference chain, 16 channels, against Eigen's arrays", fmt::format("{:.1f}x: {}", few.ours / few.eigen, mega(few.ours)), mega(few.eigen));
    times(figures, "liquid-dsp, float", few.ours, few.liquid, 25.0);
    times(figures, "BrainFlow per block, double", few.ours, few.brainflow, 100.0);
    figures.add("reference chain, a channel-sample of 1024 against 16", fmt::format("{:.2f}x: {:.2f} ns", few.ours / many.ours, 1e9 / many.ours),
                fmt::format("{:.2f} ns", 1e9 / few.ours), "<= 1.3x", few.ours <= 1.3 * many.ours);

    // Hum is "only when detected", and there is none; warmed up until nothing new is designed.
    double all_ns = std::numeric_limits<double>::infinity();
    for (int round = 0; round < (quick ? 2 : 8); ++round) {
        double ns = 0.0;
        for (const StageCost& stage : measure_stages({.n_channels = 64, .read_frames = 32, .duration_s = 3.0, .with_hum = false})) {
            if (stage.stage != "spectra") ns += stage.ns_per_channel_sample;
        }
        all_ns = std::min(all_ns, ns);
    }
    const double share = 1e9 / all_ns / bare.ours;
    figures.add("whole pipeline but spectra, 64 channels, share of the bare chain", fmt::format("{:.3f}: {:.2f} ns a sample", share, all_ns),
                fmt::format("{:.2f} ns a sample", 1e9 / bare.ours), ">= 0.25", share >= 0.25);
}

}  // namespace tonus::bench
