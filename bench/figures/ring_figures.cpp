#include "bench/figures/figures.hpp"
#include "bench/races/ring_race.hpp"
#include "engine/core/thread_place.hpp"

namespace tonus::bench {

void ring_figures(Figures& figures, bool quick) {
    if (usable_cpus().size() < 2) return figures.show("ring", "-", "needs two cores");
    const RingRace race = race_rings(quick ? 40 : 300);
    const auto bulk = [&](const std::string& what, double ours, double boost) {
        figures.add("ring, " + what + ", 256 at once", fmt::format("{:.0f} a ms", 1e-3 * ours), fmt::format("boost {:.0f} a ms", 1e-3 * boost), ">= boost's",
                    ours >= boost);
    };
    bulk("8-byte items", race.ours.items_per_s, race.boost.items_per_s);
    bulk("64-byte frames", race.ours.frames_per_s, race.boost.frames_per_s);
    figures.add("ring, round trip", fmt::format("{:.0f} ns", race.ours.round_trip_ns),
                fmt::format("queue with cached indices {:.0f} ns, boost {:.0f} ns", race.lamport.round_trip_ns, race.boost.round_trip_ns), "<= the queue's",
                race.ours.round_trip_ns <= race.lamport.round_trip_ns);
}

}  // namespace tonus::bench
