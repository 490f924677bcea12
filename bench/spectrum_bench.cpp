// The spectra of a stream beside the bare transforms they are made of (performance, "Figures to reach").

#include <benchmark/benchmark.h>

#include "bench/races/spectra_race.hpp"

namespace tonus::bench {
namespace {

template <class Work>
void BM(benchmark::State& state) {
    const auto n_channels = static_cast<std::size_t>(state.range(0));
    Work work{n_channels};
    for (auto _ : state) {
        work();
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(hop_samples(n_channels)));
}

BENCHMARK_TEMPLATE(BM, SpectraHop)->ArgName("channels")->Arg(16)->Arg(64)->Arg(384);
BENCHMARK_TEMPLATE(BM, BareTransforms)->ArgName("channels")->Arg(16)->Arg(64)->Arg(384);

}  // namespace
}  // namespace tonus::bench
