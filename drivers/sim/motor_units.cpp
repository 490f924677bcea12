#include "drivers/sim/motor_units.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace tonus {
namespace {

constexpr double kThresholdRange = 30.0;
constexpr double kTwitchRange = 100.0;
constexpr double kTwitchS = 0.090;         // of the weakest
constexpr double kTwitchTimeRange = 3.0;
constexpr double kRateMinHz = 8.0, kRateMostHz = 35.0, kRateFall = 10.0;
constexpr double kIntervalSpread = 0.2, kIntervalSdMost = 3.9;

constexpr double kHalfMuap = 5.0;          // lambdas: beyond it 2e-5 of the height is left
constexpr double kExcitationStep = 0.05;
constexpr double kRateStepHz = 0.25;

/// Power of a train of potentials of height one that fires at a rate. The pulses are nearly
/// regular, so their spectrum is not flat: a renewal process has
/// rate * Re[(1 + c)/(1 - c)], c the characteristic function of the interval.
double train_power(double rate_hz) noexcept {
    constexpr double kStepHz = 0.25, kTopHz = 500.0;
    const double mean_s = 1.0 / rate_hz, sd_s = kIntervalSpread * mean_s;
    double power = 0.0;
    for (double f = kStepHz; f < kTopHz; f += kStepHz) {
        const double w = 2.0 * std::numbers::pi * f;
        const std::complex<double> c = std::polar(std::exp(-0.5 * w * w * sd_s * sd_s), w * mean_s);
        const double pulses = rate_hz * ((1.0 + c) / (1.0 - c)).real();
        // |V(f)|^2 of (t/lambda) exp(-t^2 / 2 lambda^2).
        const double wl = w * kMuapS;
        const double muap_power = 2.0 * std::numbers::pi * kMuapS * kMuapS * wl * wl * std::exp(-wl * wl);
        power += 2.0 * kStepHz * pulses * muap_power;
    }
    return power;
}

/// train_power() by rate, for it is asked a hundred thousand times.
class TrainPower {
public:
    TrainPower() {
        for (double rate = kRateMinHz; rate <= kRateMostHz + kRateStepHz; rate += kRateStepHz) powers_.push_back(train_power(rate));
    }
    double at(double rate_hz) const noexcept {
        const double place = std::clamp((rate_hz - kRateMinHz) / kRateStepHz, 0.0, static_cast<double>(powers_.size()) - 1.001);
        const auto i = static_cast<std::size_t>(place);
        const double part = place - static_cast<double>(i);
        return (1.0 - part) * powers_[i] + part * powers_[i + 1];
    }

private:
    std::vector<double> powers_;
};

}  // namespace

MotorUnit motor_unit(std::size_t i) noexcept {
    const double part = static_cast<double>(i) / static_cast<double>(kMotorUnits);
    MotorUnit unit;
    unit.threshold = std::exp(std::log(kThresholdRange) * part);
    unit.twitch = std::exp(std::log(kTwitchRange) * part);
    const double c = std::log(kTwitchRange) / std::log(kTwitchTimeRange);
    unit.twitch_s = kTwitchS * std::pow(1.0 / unit.twitch, 1.0 / c);
    return unit;
}

double firing_rate_hz(const MotorUnit& unit, double excitation) noexcept {
    if (excitation < unit.threshold) return 0.0;
    return std::min(excitation - unit.threshold + kRateMinHz, kRateMostHz - kRateFall * unit.threshold / kThresholdRange);
}

double excitation_max() noexcept { return kThresholdRange + kRateMostHz - kRateFall - kRateMinHz; }

double muap(double t_s, double lambda_s) noexcept {
    const double x = t_s / lambda_s;
    return x * std::exp(-0.5 * x * x);
}

MotorUnits::MotorUnits(double sample_rate_hz, Random random)
    : sample_rate_hz_(sample_rate_hz),
      random_(random),
      coming_(static_cast<std::size_t>(2.0 * kHalfMuap * kMuapS * sample_rate_hz) + 3, 0.0) {
    for (std::size_t i = 1; i <= kMotorUnits; ++i) {
        const MotorUnit unit = motor_unit(i);
        const double depth = 0.5 + 0.5 * random_.uniform();
        sources_.push_back({.unit = unit, .height = std::sqrt(unit.twitch) * depth});
    }
    for (Source& source : sources_) {
        source.due = interval();
        source.done = source.due * random_.uniform();
    }
    tabulate();
}

void MotorUnits::tabulate() {
    static const TrainPower train;
    // A hair above the threshold, where the first unit surely fires.
    for (double e = sources_.front().unit.threshold + 1e-9;; e = std::min(e + kExcitationStep, excitation_max())) {
        double power = 0.0;
        for (const Source& source : sources_) {
            const double rate_hz = firing_rate_hz(source.unit, e);
            if (rate_hz > 0.0) power += source.height * source.height * train.at(rate_hz);
        }
        drives_.push_back({e, std::sqrt(power)});
        if (e >= excitation_max()) break;
    }
    const double most = drives_.back().rms;
    for (Drive& drive : drives_) drive.rms /= most;
    for (Source& source : sources_) source.height /= most;
}

double MotorUnits::interval() noexcept {
    return 1.0 + kIntervalSpread * std::clamp(random_.normal(), -kIntervalSdMost, kIntervalSdMost);
}

double MotorUnits::lead_s() const noexcept { return kHalfMuap * kMuapS; }

void MotorUnits::fire(const Source& source, double ago_frames, double gain) noexcept {
    for (std::size_t k = 0; k + 1 < coming_.size(); ++k) {
        const double t_s = (static_cast<double>(k) + ago_frames) / sample_rate_hz_ - lead_s();
        coming_[(at_ + k) % coming_.size()] += gain * source.height * muap(t_s);
    }
}

double MotorUnits::next(double activation) noexcept {
    if (activation > 0.0) {
        const auto above = std::lower_bound(drives_.begin(), drives_.end(), activation,
                                            [](const Drive& drive, double a) { return drive.rms < a; });
        const Drive& drive = above == drives_.end() ? drives_.back() : *above;
        const double gain = activation / drive.rms;
        for (Source& source : sources_) {
            // By rising threshold: who comes after one that rests, rests too.
            const double means_per_frame = firing_rate_hz(source.unit, drive.excitation) / sample_rate_hz_;
            if (means_per_frame <= 0.0) break;
            source.done += means_per_frame;
            if (source.done < source.due) continue;
            source.done -= source.due;
            source.due = interval();
            fire(source, source.done / means_per_frame, gain);
        }
    }
    const double now = coming_[at_];
    coming_[at_] = 0.0;
    at_ = (at_ + 1) % coming_.size();
    return now;
}

}  // namespace tonus
