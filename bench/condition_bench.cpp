// The stages that clean the signal, in blocks of 32 frames at 2 kHz; `items_per_second` counts channel-samples.
// Each holds the copy that refills its block, which BM_Refill shows alone.

#include "bench/emg_block.hpp"
#include "engine/condition/conditioner.hpp"
#include "engine/condition/ecg_template.hpp"
#include "engine/condition/gate.hpp"
#include "engine/condition/mains_canceller.hpp"
#include "engine/condition/mains_detector.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/condition/spike_detector.hpp"
#include "engine/core/denormals.hpp"

namespace tonus::bench {
namespace {

constexpr Rate kRate{2000, 1};

template <class Work>
void on_blocks(benchmark::State& state, Work&& work) {
    const FlushDenormals flush;
    EmgBlock block{n_channels_of(state)};
    for (auto _ : state) {
        work(block.refilled());
        benchmark::ClobberMemory();
    }
    count_blocks(state);
}

void BM_Refill(benchmark::State& state) {
    on_blocks(state, [](const Block<unit::Microvolt>&) {});
}

void gate(benchmark::State& state, bool by_lanes) {
    const std::size_t n_channels = n_channels_of(state);
    StreamInfo stream{.name = "emg", .kind = StreamKind::emg, .rate = kRate, .type = SampleType::int32};
    for (std::size_t ch = 0; ch < n_channels; ++ch) stream.channels.push_back({.label = "ch", .unit = "uV", .scale = 0.022, .raw_min = -8e6, .raw_max = 8e6});
    std::vector<std::int32_t> counts(kBlockFrames * n_channels);
    Random random{1};
    for (std::int32_t& count : counts) count = static_cast<std::int32_t>(2000.0 * random.normal());
    Gate gate{{.stream = stream, .by_lanes = by_lanes}};
    for (auto _ : state) {
        benchmark::DoNotOptimize(gate.process(raw_frames(std::span<const std::int32_t>{counts}, n_channels, 0)));
    }
    count_blocks(state);
}
void BM_Gate(benchmark::State& state) { gate(state, true); }
void BM_GateSampleBySample(benchmark::State& state) { gate(state, false); }

void BM_BandPass(benchmark::State& state) {
    Conditioner conditioner{{.rate = kRate, .profiles = std::vector<Profile>(n_channels_of(state), Profile::trunk_ecg)}};
    on_blocks(state, [&](const Block<unit::Microvolt>& block) { conditioner.process(block); });
}

void BM_BandPassInDouble(benchmark::State& state) {
    std::vector<SectionCascade<double>> filters(n_channels_of(state), SectionCascade<double>{profile_sections(Profile::trunk_ecg, kRate.hz())});
    on_blocks(state, [&](const Block<unit::Microvolt>& block) {
        for (std::size_t ch = 0; ch < filters.size(); ++ch) {
            for (std::size_t f = 0; f < block.n_frames(); ++f) {
                double x = static_cast<double>(block.frame(f)[ch]);
                filters[ch].process({&x, 1});
                block.frame(f)[ch] = static_cast<float>(x);
            }
        }
    });
}

void BM_HumDetector(benchmark::State& state) {
    MainsDetector detector{{.rate = kRate, .n_channels = n_channels_of(state)}};
    on_blocks(state, [&](const Block<unit::Microvolt>& block) { detector.process(block); });
}

void BM_HumCanceller(benchmark::State& state) {
    MainsCanceller canceller{{.rate = kRate, .n_channels = n_channels_of(state)}};
    MainsState found{.nominal_hz = 50.0, .frequency_hz = 50.02};
    for (const std::size_t harmonic : {1u, 3u}) found.harmonics.set(harmonic - 1);
    canceller.set_active(found);
    on_blocks(state, [&](const Block<unit::Microvolt>& block) { canceller.process(block); });
}

void BM_Spikes(benchmark::State& state) {
    SpikeDetector spikes{{.rate = kRate, .n_channels = n_channels_of(state)}};
    on_blocks(state, [&](const Block<unit::Microvolt>& block) { spikes.process(block); });
}

/// Between two beats: what it takes to hold the signal back.
void BM_EcgTemplate(benchmark::State& state) {
    EcgTemplate ecg{{.rate = kRate, .n_channels = n_channels_of(state)}};
    on_blocks(state, [&](const Block<unit::Microvolt>& block) { ecg.process(block); });
}

BENCHMARK(BM_Refill)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_Gate)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_GateSampleBySample)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_BandPass)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_BandPassInDouble)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_HumDetector)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_HumCanceller)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_Spikes)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_EcgTemplate)->ArgName("channels")->Arg(8)->Arg(64);

}  // namespace
}  // namespace tonus::bench
