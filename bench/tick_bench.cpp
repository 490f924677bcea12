// What is done once in 10 ms: normalise, activation, load. `items_per_second` counts channel-ticks; at 2 kHz a
// tick is 20 samples, so the cost of a channel-sample is a twentieth.

#include <cmath>
#include <optional>
#include <vector>

#include "bench/emg_block.hpp"
#include "engine/activation/activation.hpp"
#include "engine/load/group_cusum.hpp"
#include "engine/load/load_flag.hpp"
#include "engine/normalise/normalise.hpp"

namespace tonus::bench {
namespace {

const MvcReference kReference{.rest_uv = 2.5, .mvc_uv = 150.0};

/// Half of the channels local, half global.
MuscleClass muscle_of(std::size_t channel) { return channel % 2 == 0 ? MuscleClass::local : MuscleClass::global; }

std::vector<Status> all_valid(std::size_t n) { return std::vector<Status>(n, {.state = ValueState::valid, .valid_fraction = 1.0f}); }

void BM_Normalise(benchmark::State& state) {
    const std::size_t n = n_channels_of(state);
    Normalise normalise{std::vector<std::optional<MvcReference>>(n, kReference)};
    const std::vector<float> envelope(n, 40.0f);
    const std::vector<Status> status = all_valid(n);
    std::uint64_t tick = 0;
    for (auto _ : state) benchmark::DoNotOptimize(normalise.process({tick++, envelope, status}).value.data());
    count_ticks(state);
}

/// The formula alone.
void BM_NormaliseInDouble(benchmark::State& state) {
    std::vector<double> envelope(n_channels_of(state), 40.0), activation(envelope.size());
    const double rest_uv2 = kReference.rest_uv * kReference.rest_uv, range_uv2 = kReference.mvc_uv * kReference.mvc_uv - rest_uv2;
    for (auto _ : state) {
        benchmark::DoNotOptimize(envelope.data());
        for (std::size_t ch = 0; ch < envelope.size(); ++ch) activation[ch] = std::sqrt(std::max(0.0, envelope[ch] * envelope[ch] - rest_uv2) / range_uv2);
        benchmark::ClobberMemory();
    }
    count_ticks(state);
}

void BM_Activation(benchmark::State& state) {
    const std::size_t n = n_channels_of(state);
    std::vector<ChannelRole> roles(n);
    for (std::size_t ch = 0; ch < n; ++ch) roles[ch].muscle = muscle_of(ch);
    Activation activation{{.roles = roles}};
    const std::vector<float> values(n, 0.3f);
    const std::vector<Status> status = all_valid(n);
    std::uint64_t tick = 0;
    for (auto _ : state) benchmark::DoNotOptimize(activation.process({tick++, values, status}));
    count_ticks(state);
}

/// Engine A judges one value, whatever the number of channels.
void BM_LoadFlag(benchmark::State& state) {
    LoadFlag flag{LoadFlagConfig{}};
    std::uint64_t tick = 0;
    for (auto _ : state) {
        // Ten ticks above the limit, ten below it, so that the dwell is at work.
        const float load = tick / 10 % 2 == 0 ? 0.36f : 0.25f;
        benchmark::DoNotOptimize(flag.process({.index = tick++, .value_mvc = load, .valid = true}));
    }
    count_ticks(state);
}

/// Engine B judges the energies of all channels.
void BM_GroupCusum(benchmark::State& state) {
    const std::size_t n = n_channels_of(state);
    std::vector<CusumChannel> channels(n);
    for (std::size_t ch = 0; ch < n; ++ch) channels[ch] = {.muscle = muscle_of(ch), .rest_uv = kReference.rest_uv, .mvc_uv = kReference.mvc_uv};
    GroupCusum cusum{channels, {.rate = {2000, 1}}};
    const std::vector<ChannelEnergy> energies(n, {.energy_uv2 = 20.0 * 2500.0, .n_valid = 20, .status = all_valid(1)[0]});
    std::uint64_t tick = 0;
    for (auto _ : state) benchmark::DoNotOptimize(cusum.process(tick++, energies));
    count_ticks(state);
}

BENCHMARK(BM_Normalise)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_NormaliseInDouble)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_Activation)->ArgName("channels")->Arg(8)->Arg(64);
BENCHMARK(BM_LoadFlag)->ArgName("channels")->Arg(1);
BENCHMARK(BM_GroupCusum)->ArgName("channels")->Arg(8)->Arg(64);

}  // namespace
}  // namespace tonus::bench
