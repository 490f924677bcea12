// From the conditioned signal to its envelope: energies per block of 32 frames at 2 kHz (channel-samples per
// second), RMS per tick (channel-ticks per second).

#include "bench/emg_block.hpp"
#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/moving_rms.hpp"
#include "engine/envelope/signal_quality.hpp"

namespace tonus::bench {
namespace {

constexpr Rate kRate{2000, 1};

void BM_Energies(benchmark::State& state) {
    EmgBlock block{n_channels_of(state)};
    BlockEnergy energy{kRate, n_channels_of(state)};
    const Block<unit::Microvolt> emg = block.refilled();
    for (auto _ : state) benchmark::DoNotOptimize(energy.process(emg).data());
    count_blocks(state);
}

/// The same sums, channel after channel in double.
void BM_EnergiesInDouble(benchmark::State& state) {
    EmgBlock block{n_channels_of(state)};
    const Block<unit::Microvolt> emg = block.refilled();
    std::vector<double> sums(n_channels_of(state));
    for (auto _ : state) {
        for (std::size_t ch = 0; ch < sums.size(); ++ch) {
            double sum = 0.0;
            for (std::size_t f = 0; f < emg.n_frames(); ++f) {
                const double x = static_cast<double>(emg.frame(f)[ch]);
                sum += x * x;
            }
            sums[ch] = sum;
        }
        benchmark::DoNotOptimize(sums.data());
        benchmark::ClobberMemory();
    }
    count_blocks(state);
}

void BM_Rms(benchmark::State& state) {
    const std::size_t n_channels = n_channels_of(state);
    MovingRms rms{{.n_channels = n_channels}};
    const std::vector<double> energy(n_channels, 20.0 * 1600.0);
    const std::vector<TickCounts> counts(n_channels, {.n_frames = 20, .n_valid = 20});
    std::uint64_t tick = 0;
    for (auto _ : state) benchmark::DoNotOptimize(rms.process({tick++, energy, counts, 20}).value.data());
    count_ticks(state);
}

void BM_Quality(benchmark::State& state) {
    SignalQuality quality{{.rate = kRate, .n_channels = n_channels_of(state)}};
    EmgBlock block{n_channels_of(state)};
    const Block<unit::Microvolt> emg = block.refilled();
    for (auto _ : state) {
        quality.process_gated(emg);
        quality.process(emg);
        benchmark::ClobberMemory();
    }
    count_blocks(state);
}

BENCHMARK(BM_Energies)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_EnergiesInDouble)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_Rms)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_Quality)->ArgName("channels")->Arg(8)->Arg(64);

}  // namespace
}  // namespace tonus::bench
