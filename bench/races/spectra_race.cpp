#include "bench/races/spectra_race.hpp"

#include <algorithm>
#include <vector>

#include <fftw3.h>

#include "engine/core/random.hpp"
#include "engine/spectrum/spectrum.hpp"

namespace tonus::bench {
namespace {

constexpr Rate kRate{2000, 1};
constexpr std::size_t kWindow = 2000, kHop = 1000, kBlock = 20;

std::vector<float> noise(std::size_t n) {
    Random random{1};
    std::vector<float> samples(n);
    for (float& sample : samples) sample = static_cast<float>(20.0 * random.normal());
    return samples;
}

}  // namespace

std::size_t hop_samples(std::size_t n_channels) { return n_channels * kHop; }

struct SpectraHop::State {
    explicit State(std::size_t n)
        : n_channels(n), spectrum({.rate = kRate, .n_channels = n}), samples(noise(kBlock * padded_lanes(n))), flags(samples.size(), 0) {}

    std::size_t n_channels;
    Spectrum spectrum;
    std::vector<float> samples;
    std::vector<std::uint8_t> flags;
    std::uint64_t tick = 0;
};

SpectraHop::SpectraHop(std::size_t n_channels) : state_(std::make_unique<State>(n_channels)) {
    for (int i = 0; i < 4; ++i) (*this)();  // the first window is whole then
}
SpectraHop::~SpectraHop() = default;
SpectraHop::SpectraHop(SpectraHop&&) noexcept = default;

void SpectraHop::operator()() {
    State& s = *state_;
    for (std::size_t done = 0; done < kHop; done += kBlock) {
        s.spectrum.process({s.samples.data(), s.flags.data(), s.n_channels, kBlock});
        s.spectrum.tick(s.tick++);
    }
}

struct BareTransforms::State {
    explicit State(std::size_t n) : n_channels(n) {
        const std::vector<float> samples = noise(kWindow * n);
        std::copy(samples.begin(), samples.end(), in);
    }
    ~State() {
        fftwf_destroy_plan(plan);
        fftwf_free(out);
        fftwf_free(in);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    std::size_t n_channels;
    float* in = fftwf_alloc_real(kWindow * n_channels);
    fftwf_complex* out = fftwf_alloc_complex(kWindow / 2 + 1);
    fftwf_plan plan = fftwf_plan_dft_r2c_1d(static_cast<int>(kWindow), in, out, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
};

BareTransforms::BareTransforms(std::size_t n_channels) : state_(std::make_unique<State>(n_channels)) {}
BareTransforms::~BareTransforms() = default;
BareTransforms::BareTransforms(BareTransforms&&) noexcept = default;

void BareTransforms::operator()() {
    const State& s = *state_;
    for (std::size_t ch = 0; ch < s.n_channels; ++ch) fftwf_execute_dft_r2c(s.plan, s.in + ch * kWindow, s.out);
}

}  // namespace tonus::bench
