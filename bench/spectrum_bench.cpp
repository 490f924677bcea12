// The spectra of a stream beside the bare transforms they are made of (performance, "Figures to reach").

#include <algorithm>
#include <vector>

#include <benchmark/benchmark.h>
#include <fftw3.h>

#include "engine/core/random.hpp"
#include "engine/spectrum/spectrum.hpp"

namespace tonus {
namespace {

constexpr Rate kRate{2000, 1};
constexpr std::size_t kWindow = 2000, kHop = 1000, kBlock = 20, kTickFrames = 20;

std::vector<float> noise(std::size_t n) {
    Random random{1};
    std::vector<float> samples(n);
    for (float& sample : samples) sample = static_cast<float>(20.0 * random.normal());
    return samples;
}

/// One hop of every channel: copied, windowed, transformed, judged.
void BM_Spectra(benchmark::State& state) {
    const auto n_channels = static_cast<std::size_t>(state.range(0));
    Spectrum spectrum{{.rate = kRate, .n_channels = n_channels}};
    std::vector<float> samples = noise(kBlock * padded_lanes(n_channels));
    std::vector<std::uint8_t> flags(samples.size(), 0);
    const Block<unit::Microvolt> block{samples.data(), flags.data(), n_channels, kBlock};
    std::uint64_t tick = 0;
    const auto hop = [&] {
        for (std::size_t done = 0; done < kHop; done += kTickFrames) {
            spectrum.process(block);
            spectrum.tick(tick++);
        }
    };
    for (int i = 0; i < 4; ++i) hop();  // the first window is whole then
    for (auto _ : state) {
        hop();
        benchmark::DoNotOptimize(spectrum.latest().data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(n_channels * kHop));
}

/// The reference: nothing but the transforms, of samples that lie ready.
void BM_BareTransforms(benchmark::State& state) {
    const auto n_channels = static_cast<std::size_t>(state.range(0));
    float* const in = fftwf_alloc_real(kWindow * n_channels);
    fftwf_complex* const out = fftwf_alloc_complex(kWindow / 2 + 1);
    const fftwf_plan plan = fftwf_plan_dft_r2c_1d(static_cast<int>(kWindow), in, out, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
    const std::vector<float> samples = noise(kWindow * n_channels);
    std::copy(samples.begin(), samples.end(), in);
    for (auto _ : state) {
        for (std::size_t ch = 0; ch < n_channels; ++ch) {
            fftwf_execute_dft_r2c(plan, in + ch * kWindow, out);
            benchmark::DoNotOptimize(out);
        }
    }
    fftwf_destroy_plan(plan);
    fftwf_free(out);
    fftwf_free(in);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(n_channels * kHop));
}

BENCHMARK(BM_Spectra)->ArgName("channels")->Arg(16)->Arg(64)->Arg(384);
BENCHMARK(BM_BareTransforms)->ArgName("channels")->Arg(16)->Arg(64)->Arg(384);

}  // namespace
}  // namespace tonus
