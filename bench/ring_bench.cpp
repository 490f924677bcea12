// The ring beside others, one producer and one consumer on threads of their own: bulk rate of 8-byte
// items and of 64-byte frames, and the round trip of one small record through two rings.

#include "bench/races/ring_race.hpp"
#include "bench/table.hpp"

namespace tonus::bench {
namespace {

int run(bool quick) {
    const RingRace race = race_rings(quick ? 40 : 300);
    Table table{{"ring", "8-byte items/ms", "64-byte frames/ms", "round trip ns"}};
    const auto row = [&](const std::string& name, const RingRates& r) {
        table.add({name, fmt::format("{:.0f}", 1e-3 * r.items_per_s), fmt::format("{:.0f}", 1e-3 * r.frames_per_s), fmt::format("{:.0f}", r.round_trip_ns)});
    };
    row("ours, 256 at once", race.ours);
    row("boost::lockfree::spsc_queue, 256 at once", race.boost);
    row("Lamport with cached indices, one at a time", race.lamport);
    table.print();
    return 0;
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
