#include "drivers/sim/contaminants.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tonus {
namespace {

struct Harmonic {
    int order;
    double amplitude;  // of the fundamental's
};
constexpr std::array<Harmonic, 4> kHarmonics{{{1, 1.0}, {2, 0.3}, {3, 0.5}, {5, 0.2}}};
constexpr double kOffHzMost = 0.05;
constexpr double kWalkHzPerRootS = 0.01;

}  // namespace

MainsHum::MainsHum(double nominal_hz, double amplitude_uv, double sample_rate_hz, Random random) noexcept
    : nominal_hz_(nominal_hz), amplitude_uv_(amplitude_uv), sample_rate_hz_(sample_rate_hz), random_(random) {
    for (double& phase : harmonic_phase_) phase = random_.uniform();
}

double MainsHum::next_uv() noexcept {
    off_hz_ = std::clamp(off_hz_ + kWalkHzPerRootS / std::sqrt(sample_rate_hz_) * random_.normal(), -kOffHzMost, kOffHzMost);
    phase_ += (nominal_hz_ + off_hz_) / sample_rate_hz_;
    phase_ -= std::floor(phase_);
    double sum = 0.0;
    for (std::size_t k = 0; k < kHarmonics.size(); ++k) {
        // A harmonic beyond half the rate would fold back to where no real amplifier lets it.
        if (kHarmonics[k].order * nominal_hz_ >= 0.5 * sample_rate_hz_) continue;
        sum += kHarmonics[k].amplitude * std::sin(2.0 * std::numbers::pi * (kHarmonics[k].order * phase_ + harmonic_phase_[k]));
    }
    return amplitude_uv_ * sum;
}

Spikes::Spikes(double per_s, double sample_rate_hz, Random random) noexcept
    : chance_(per_s / sample_rate_hz), sample_rate_hz_(sample_rate_hz), random_(random) {}

double Spikes::next_uv() noexcept {
    if (chance_ <= 0.0) return 0.0;
    value_uv_ *= decay_;
    if (random_.uniform() < chance_) {
        const double sign = random_.uniform() < 0.5 ? -1.0 : 1.0;
        value_uv_ += sign * (200.0 + 4800.0 * random_.uniform());       // 0.2-5 mV
        decay_ = std::exp(-1.0 / (sample_rate_hz_ * (0.005 + 0.025 * random_.uniform())));  // 5-30 ms
    }
    return value_uv_;
}

}  // namespace tonus
