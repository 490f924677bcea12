#include "drivers/sim/heart.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tonus {
namespace {

struct Wave {
    double height, middle_s, width_s;
};
constexpr std::array<Wave, 5> kWaves{{{0.12, -0.160, 0.025}, {-0.15, -0.022, 0.007}, {1.0, 0.0, 0.009}, {-0.25, 0.022, 0.009}, {0.28, 0.220, 0.050}}};

constexpr double kBeginS = -0.3;  // before R the template is nothing
constexpr double kIntervalJitter = 0.03, kHeightJitter = 0.05, kBreathing = 0.10, kBreathHz = 0.25;

}  // namespace

double ecg_template(double t_s) noexcept {
    double sum = 0.0;
    for (const Wave& wave : kWaves) {
        const double z = (t_s - wave.middle_s) / wave.width_s;
        if (std::abs(z) < 8.0) sum += wave.height * std::exp(-0.5 * z * z);
    }
    return sum;
}

Heart::Heart(double rate_bpm, Random random) noexcept : rate_bpm_(rate_bpm), random_(random) {
    beats_.back().r_s = -60.0 / rate_bpm * random_.uniform();
    for (std::size_t i = 0; i < beats_.size(); ++i) next_beat();
}

void Heart::next_beat() noexcept {
    std::rotate(beats_.begin(), beats_.begin() + 1, beats_.end());
    const Beat before = beats_[beats_.size() - 2];
    const double interval_s = 60.0 / rate_bpm_ * (1.0 + kIntervalJitter * std::clamp(random_.normal(), -3.0, 3.0));
    beats_.back().r_s = before.r_s + interval_s;
    beats_.back().height = (1.0 + kHeightJitter * std::clamp(random_.normal(), -3.0, 3.0)) *
                           (1.0 + kBreathing * std::sin(2.0 * std::numbers::pi * kBreathHz * beats_.back().r_s));
}

double Heart::at(double t_s) noexcept {
    while (t_s - beats_.back().r_s > kBeginS) next_beat();
    double sum = 0.0;
    for (const Beat& beat : beats_) sum += beat.height * ecg_template(t_s - beat.r_s);
    return sum;
}

}  // namespace tonus
