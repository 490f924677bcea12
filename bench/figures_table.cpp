// Every row of "Figures to reach" (performance), each beside its reference of the same run. Ends with 1 when
// one is not reached.

#include "bench/figures/figures.hpp"
#include "bench/scorecard/machine.hpp"

namespace tonus::bench {
namespace {

int run(bool quick) {
    const Machine machine = this_machine();
    fmt::print("{}, {} cores, {}; {}, {}, {}\n\n", machine.cpu, machine.n_usable, machine.instruction_set, machine.compiler, machine.build, machine.commit);
    Figures figures;
    live_figures(figures, quick);  // first, while the process is as small as in a session
    chain_figures(figures, quick);
    spectra_figures(figures, quick);
    ring_figures(figures, quick);
    realtime_figures(figures);
    accuracy_figures(figures);
    offline_figures(figures, quick);
    return figures.finish();
}

}  // namespace
}  // namespace tonus::bench

int main(int argc, char** argv) { return tonus::bench::table_main(argc, argv, tonus::bench::run); }
