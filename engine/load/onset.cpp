#include "engine/load/onset.hpp"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kBaselineMinS = 0.5;

}  // namespace

std::size_t quietest_start(std::span<const float> signal, std::size_t n_samples) {
    if (n_samples == 0 || signal.size() < n_samples) {
        throw usage_error(fmt::format("onset: no stretch of {} samples in a signal of {}", n_samples, signal.size()));
    }
    std::vector<double> energy_before(signal.size() + 1, 0.0);
    for (std::size_t i = 0; i < signal.size(); ++i) {
        const auto x = static_cast<double>(signal[i]);
        // What is not a number must not look quiet.
        energy_before[i + 1] = energy_before[i] + (std::isfinite(x) ? x * x : 1e12);
    }
    std::size_t best = 0;
    double least = energy_before[n_samples];
    for (std::size_t start = 1; start + n_samples <= signal.size(); ++start) {
        const double energy = energy_before[start + n_samples] - energy_before[start];
        if (energy >= least) continue;
        least = energy;
        best = start;
    }
    return best;
}

void check_baseline(std::span<const float> baseline, Rate rate) {
    if (rate.num == 0 || rate.den == 0) throw usage_error("onset: no rate; it is that of the samples");
    if (static_cast<double>(baseline.size()) < kBaselineMinS * rate.hz()) {
        throw usage_error(fmt::format("onset: a baseline of {} samples at {:.6g} Hz; it must last half a second at rest",
                                      baseline.size(), rate.hz()));
    }
    double energy = 0.0;
    for (const float x : baseline) energy += static_cast<double>(x) * static_cast<double>(x);
    if (!(energy > 0.0) || std::isinf(energy)) {
        throw usage_error("onset: the baseline is silent or holds what is no number; a muscle at rest shows its noise");
    }
}

}  // namespace tonus
