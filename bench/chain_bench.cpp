// The reference chain (band-pass of order 4, notch, rectify, 5 Hz low-pass, scale; 2 kHz) by each
// means, in blocks of 32 frames: million channel-samples per second of one core.

#include "bench/races/chain_race.hpp"
#include "bench/table.hpp"

namespace tonus::bench {
namespace {

int run(bool quick) {
    const auto mega = [](double rate) { return rate > 0.0 ? fmt::format("{:.{}f}", rate * 1e-6, rate < 100e6 ? 1 : 0) : "-"; };
    Table table{{"channels", "ours", "yardstick", "share", "Eigen float", "scalar float", "scalar double", "liquid-dsp float", "BrainFlow double",
                 "ours / scalar float", "ns per sample"}};
    for (const std::size_t n : {1u, 4u, 8u, 16u, 24u, 32u, 40u, 64u, 128u, 256u, 384u, 512u, 1000u, 1024u}) {
        const ChainRates r = race_chains(n, quick ? 3 : 15);
        table.add({fmt::format("{}", n), mega(r.ours), mega(r.yardstick), r.yardstick > 0.0 ? fmt::format("{:.2f}", r.ours / r.yardstick) : "-",
                   mega(r.eigen), mega(r.scalar_float), mega(r.scalar_double), mega(r.liquid), mega(r.brainflow),
                   fmt::format("{:.1f}", r.ours / r.scalar_float), fmt::format("{:.2f}", 1e9 / r.ours)});
    }
    table.print();
    return 0;
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
