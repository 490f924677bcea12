// The whole EMG chain (gate, filters, energies, RMS, spectra), and beside it the same filters
// written plainly in double: figures are ratios within one run.

#include <vector>

#include <benchmark/benchmark.h>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/random.hpp"
#include "engine/pipeline/emg_chain.hpp"

namespace tonus {
namespace {

constexpr std::size_t kFrames = 2000;  // one second, gone over again and again

std::vector<std::int32_t> noise_counts(std::size_t n_channels) {
    Random random{1};
    std::vector<std::int32_t> counts(kFrames * n_channels);
    for (std::int32_t& count : counts) count = static_cast<std::int32_t>(2000.0 * random.normal());
    return counts;
}

StreamInfo stream_of(std::size_t n_channels) {
    StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = {2000, 1}, .type = SampleType::int32};
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        stream.channels.push_back({.label = "ch", .unit = "uV", .scale = 0.022, .offset = 0.0, .raw_min = -8e6, .raw_max = 8e6});
    }
    return stream;
}

class NoTicks final : public EmgTickSink {
public:
    void on_tick(const EnergyTick&, const Tick<unit::Microvolt>& tick) noexcept override { benchmark::DoNotOptimize(tick.value.data()); }
};

void count_channel_samples(benchmark::State& state) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFrames) * state.range(0));
}

void chain(benchmark::State& state, bool spectra) {
    const auto n_channels = static_cast<std::size_t>(state.range(0)), n_block = static_cast<std::size_t>(state.range(1));
    const StreamInfo stream = stream_of(n_channels);
    const std::vector<std::int32_t> counts = noise_counts(n_channels);
    EmgChainConfig config{.gate = {stream}, .condition = {.rate = stream.rate}, .spectra = spectra};
    config.condition.profiles.assign(n_channels, Profile::trunk_ecg);
    EmgChain chain{stream, config};
    NoTicks ticks;
    for (auto _ : state) {
        for (std::size_t done = 0; done < kFrames; done += n_block) {
            chain.process(raw_frames(std::span{counts}.subspan(done * n_channels, n_block * n_channels), n_channels, 0), ticks);
        }
        benchmark::ClobberMemory();
    }
    count_channel_samples(state);
}

void BM_Chain(benchmark::State& state) { chain(state, false); }
void BM_ChainWithSpectra(benchmark::State& state) { chain(state, true); }

/// The reference: the filters alone, sample by sample, in double.
void BM_FiltersInDouble(benchmark::State& state) {
    const auto n_channels = static_cast<std::size_t>(state.range(0));
    const std::vector<std::int32_t> counts = noise_counts(n_channels);
    std::vector<SectionCascade<double>> filters(n_channels, SectionCascade<double>{profile_sections(Profile::trunk_ecg, 2000.0)});
    for (auto _ : state) {
        for (std::size_t ch = 0; ch < n_channels; ++ch) {
            for (std::size_t f = 0; f < kFrames; ++f) {
                double x = 0.022 * counts[f * n_channels + ch];
                filters[ch].process({&x, 1});
                benchmark::DoNotOptimize(x);
            }
        }
    }
    count_channel_samples(state);
}

BENCHMARK(BM_Chain)->ArgNames({"channels", "block"})->ArgsProduct({{4, 8, 16, 64}, {20, 500}});
BENCHMARK(BM_ChainWithSpectra)->ArgNames({"channels", "block"})->ArgsProduct({{4, 8, 16, 64}, {20}});
BENCHMARK(BM_FiltersInDouble)->ArgNames({"channels"})->Arg(4)->Arg(64);

}  // namespace
}  // namespace tonus
