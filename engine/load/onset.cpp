#include "engine/load/onset.hpp"

#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kBaselineMinS = 0.5;

}  // namespace

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
