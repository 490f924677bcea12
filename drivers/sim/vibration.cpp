#include "drivers/sim/vibration.hpp"

#include <cmath>
#include <numbers>

#include "drivers/sim/motor_units.hpp"

namespace tonus {
namespace {

constexpr std::array<double, 3> kAmplitudesUv{30.0, 15.0, 7.5};

}  // namespace

Vibration::Vibration(double hz, double sample_rate_hz, Random random) : hz_(hz), sample_rate_hz_(sample_rate_hz) {
    for (double& turn : artefact_turn_) turn = random.uniform();
    reflex_turn_ = random.uniform();
    constexpr int kPlaces = 1000;
    double power = 0.0;
    for (int i = 0; i < kPlaces; ++i) {
        const double v = raw_reflex(static_cast<double>(i) / kPlaces);
        power += v * v / kPlaces;
    }
    reflex_gain_ = 1.0 / std::sqrt(power);
}

double Vibration::artefact_uv(double t_s) const noexcept {
    double sum = 0.0;
    for (std::size_t k = 0; k < kAmplitudesUv.size(); ++k) {
        const double order = static_cast<double>(k + 1);
        if (order * hz_ >= 0.5 * sample_rate_hz_) break;
        sum += kAmplitudesUv[k] * std::sin(2.0 * std::numbers::pi * (order * hz_ * t_s + artefact_turn_[k]));
    }
    return sum;
}

/// Potentials of this period and its neighbours, which a fast plate makes overlap.
double Vibration::raw_reflex(double turn) const noexcept {
    double sum = 0.0;
    for (int period = -2; period <= 2; ++period) sum += muap((turn - 0.5 - period) / hz_);
    return sum;
}

double Vibration::reflex(double t_s) const noexcept {
    const double turns = hz_ * t_s + reflex_turn_;
    return reflex_gain_ * raw_reflex(turns - std::floor(turns));
}

}  // namespace tonus
