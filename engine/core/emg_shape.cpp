#include "engine/core/emg_shape.hpp"

#include <cmath>
#include <numbers>

namespace tonus {
namespace {

constexpr double kLowHz = 60.0;    // f_l
constexpr double kHighHz = 120.0;  // f_h
constexpr int kTailFrames = 1000;

/// (z - 1) c + (z + 1) w, as (coefficient of z, constant).
std::array<double, 2> pole(double c, double w) noexcept { return {c + w, w - c}; }

}  // namespace

EmgShape EmgShape::design(double sample_rate_hz, double stretch) {
    const double c = 2.0 * sample_rate_hz;
    const auto [l1, l0] = pole(c, 2.0 * std::numbers::pi * kLowHz * stretch);
    const auto [h1, h0] = pole(c, 2.0 * std::numbers::pi * kHighHz * stretch);
    const double lead = l1 * h1 * h1;
    EmgShape shape;
    shape.feedback = {(l0 * h1 * h1 + 2.0 * l1 * h1 * h0) / lead, (l1 * h0 * h0 + 2.0 * l0 * h1 * h0) / lead, l0 * h0 * h0 / lead};

    // The energy of the impulse response is the output's variance for unit white noise. The
    // slowest pole decays within a tenth of a second, at any rate.
    EmgShapeFilter filter{shape};
    double energy = 0.0;
    const int n_frames = static_cast<int>(sample_rate_hz) + kTailFrames;
    for (int i = 0; i < n_frames; ++i) {
        const double h = filter.process(i == 0 ? 1.0 : 0.0);
        energy += h * h;
    }
    shape.gain = 1.0 / std::sqrt(energy);
    return shape;
}

}  // namespace tonus
