#include "engine/condition/mains_canceller.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include <fmt/format.h>

#include "engine/condition/hum_kernel.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kTurn = 2.0 * kPi;
constexpr double kRateMinHz = 100.0;
constexpr double kWidthMinHz = 0.05;
constexpr double kWidthMaxHz = 2.0;

// Domain 2.3, "Causal canceller".
constexpr double kIntervalS = 0.25;
constexpr double kTrackGain = 0.1;
constexpr double kOffMaxHz = 1.0;
constexpr double kEmgOfHumMax = 10.0;
constexpr std::uint32_t kUsualIntervals = 40;  // 10 s

double wrapped(double angle) noexcept { return std::remainder(angle, kTurn); }

/// The product, without the care that operator* takes of infinities.
std::complex<double> turned(const std::complex<double>& a, const std::complex<double>& by) noexcept {
    return {a.real() * by.real() - a.imag() * by.imag(), a.real() * by.imag() + a.imag() * by.real()};
}

}  // namespace

template <class T>
BasicMainsCanceller<T>::BasicMainsCanceller(const MainsCancellerConfig& config)
    : lanes_(padded_lanes(config.n_channels)),
      n_channels_(config.n_channels),
      rate_hz_(config.rate.hz()),
      two_mu_(static_cast<T>(2.0 * kPi * config.width_hz / rate_hz_)),
      tracks_(config.track),
      n_interval_(config.rate.frames_in(kIntervalS)),
      weights_(2 * kMainsHarmonicsMax * lanes_, T{0}),
      turns_(kBlockFrames * kMainsHarmonicsMax * kHumTurns, T{0}) {
    if (!(rate_hz_ >= kRateMinHz)) {
        throw usage_error(fmt::format("mains: {:.6g} Hz is too low for EMG: at least {:.0f} Hz", rate_hz_, kRateMinHz));
    }
    if (!(config.width_hz >= kWidthMinHz && config.width_hz <= kWidthMaxHz)) {
        throw usage_error(fmt::format("mains: a width of {:.6g} Hz is not from {} to {} Hz: 0.32 is usual", config.width_hz,
                                      kWidthMinHz, kWidthMaxHz));
    }
}

/// Takes over what was asked for. A harmonic that joins begins at nothing, one that leaves takes its hum along.
template <class T>
void BasicMainsCanceller<T>::obey() noexcept {
    is_new_ = false;
    const bool same_grid = wanted_.nominal_hz == active_.nominal_hz;
    const bool same_channel = same_grid && wanted_.strongest_channel == active_.strongest_channel;
    for (std::size_t k = 0; k < kMainsHarmonicsMax; ++k) {
        const bool goes_on = active_.harmonics[k] && same_grid;
        if (wanted_.harmonics[k] && !goes_on) std::fill_n(weights(k, 0), 2 * lanes_, T{0});
    }
    if (!same_grid) f_hz_ = wanted_.frequency_hz > 0.0 ? wanted_.frequency_hz : wanted_.nominal_hz;
    if (!same_channel) {
        has_angle_ = false;
        n_usual_ = 0;
        energy_uv2_ = 0.0;
        n_good_ = 0;
    }
    active_ = wanted_;
    active_.strongest_channel = std::min(wanted_.strongest_channel, n_channels_ > 0 ? n_channels_ - 1 : 0);
    n_harmonics_ = 0;
    for (std::size_t k = 0; k < kMainsHarmonicsMax; ++k) {
        if (active_.harmonics[k]) harmonics_[n_harmonics_++] = k;
    }
    set_oscillator();
}

/// From then on it turns by itself: the sine of every frame would cost as much as all channels.
template <class T>
void BasicMainsCanceller<T>::set_oscillator() noexcept {
    now_ = std::polar(1.0, kTurn * phase_);
    step_ = std::polar(1.0, kTurn * f_hz_ / rate_hz_);
}

template <class T>
void BasicMainsCanceller<T>::process(std::span<T> samples_uv, std::span<const std::uint8_t> flags) noexcept {
    const std::size_t n_frames = lanes_ > 0 ? samples_uv.size() / lanes_ : 0;
    for (std::size_t done = 0; done < n_frames;) {
        if (is_new_ && n_frames_ >= wanted_.from_frame) obey();
        const std::size_t n = frames_of_run(n_frames - done);
        if (!is_wire()) cancel(samples_uv.data() + done * lanes_, flags.data() + done * lanes_, n);
        n_frames_ += n;
        if (n_frames_ % n_interval_ == 0) end_interval();
        done += n;
    }
}

/// How many of the next `n_frames` come before something changes.
template <class T>
std::size_t BasicMainsCanceller<T>::frames_of_run(std::size_t n_frames) const noexcept {
    std::uint64_t n = std::min<std::uint64_t>(n_frames, n_interval_ - n_frames_ % n_interval_);
    if (is_new_) n = std::min(n, wanted_.from_frame - n_frames_);
    return static_cast<std::size_t>(is_wire() ? n : std::min<std::uint64_t>(n, kBlockFrames));
}

template <class T>
void BasicMainsCanceller<T>::cancel(T* samples_uv, const std::uint8_t* flags, std::size_t n_frames) noexcept {
    turn(n_frames);
    HumTask<T> task{samples_uv, flags, lanes_, n_frames, n_harmonics_, {}, turns_.data()};
    for (std::size_t k = 0; k < n_harmonics_; ++k) task.weights[k] = weights(harmonics_[k], 0);
    cancel_hum(task);
    for (std::size_t i = 0; i < n_frames; ++i) {
        const std::size_t at = i * lanes_ + active_.strongest_channel;
        const auto left_uv = static_cast<double>(samples_uv[at]);
        if (flags[at] != 0 || !(std::abs(left_uv) <= kHumElectrodeMaxUv)) continue;
        energy_uv2_ += left_uv * left_uv;
        ++n_good_;
    }
}

/// The oscillators of the next frames.
template <class T>
void BasicMainsCanceller<T>::turn(std::size_t n_frames) noexcept {
    for (std::size_t i = 0; i < n_frames; ++i) {
        T* turn = turns_.data() + i * n_harmonics_ * kHumTurns;
        std::complex<double> harmonic = now_;
        std::size_t k = 0;
        for (std::size_t j = 0; j < n_harmonics_; ++j, turn += kHumTurns) {
            for (; k < harmonics_[j]; ++k) harmonic = turned(harmonic, now_);
            turn[0] = static_cast<T>(harmonic.real());
            turn[1] = static_cast<T>(harmonic.imag());
            turn[2] = two_mu_ * turn[0];
            turn[3] = two_mu_ * turn[1];
        }
        now_ = turned(now_, step_);
        phase_ += f_hz_ / rate_hz_;
        phase_ -= std::floor(phase_);
    }
}

template <class T>
void BasicMainsCanceller<T>::skip(std::uint64_t n_frames) noexcept {
    n_frames_ += n_frames;
    phase_ += f_hz_ / rate_hz_ * static_cast<double>(n_frames);
    phase_ -= std::floor(phase_);
    set_oscillator();
    has_angle_ = false;
}

template <class T>
void BasicMainsCanceller<T>::end_interval() noexcept {
    if (n_good_ > 0) residual_uv_ = std::sqrt(energy_uv2_ / n_good_);
    if (tracks_ && active_.harmonics[0] && n_channels_ > 0) track();
    set_oscillator();
    energy_uv2_ = 0.0;
    n_good_ = 0;
}

/// Where the oscillator is slow, the weights turn to keep up with the hum.
template <class T>
void BasicMainsCanceller<T>::track() noexcept {
    const std::size_t channel = active_.strongest_channel;
    const auto a = static_cast<double>(weights(0, 0)[channel]);
    const auto b = static_cast<double>(weights(0, 1)[channel]);
    const double angle = std::atan2(-b, a);
    const double turn = wrapped(angle - last_angle_);
    const bool had_angle = has_angle_;
    last_angle_ = angle;
    has_angle_ = true;
    // With half of the samples missing the weights stood still, and say nothing of the frequency.
    if (2 * n_good_ < n_interval_) return;
    // Against the usual hum too: strong EMG shakes the weights, and by chance they are often as large
    // as a tenth of it.
    const double hum = std::sqrt(0.5 * (a * a + b * b));
    n_usual_ = std::min(n_usual_ + 1, kUsualIntervals);
    if (n_usual_ == 1) usual_hum_uv_ = hum;
    else usual_hum_uv_ += (hum - usual_hum_uv_) / n_usual_;
    if (!had_angle || residual_uv_ > kEmgOfHumMax * std::min(hum, usual_hum_uv_)) return;
    f_hz_ += kTrackGain * turn / (kTurn * static_cast<double>(n_interval_) / rate_hz_);
    f_hz_ = std::clamp(f_hz_, active_.nominal_hz - kOffMaxHz, active_.nominal_hz + kOffMaxHz);
}

template <class T>
double BasicMainsCanceller<T>::hum_uv(std::size_t channel) const noexcept {
    double power = 0.0;
    for (std::size_t k = 0; k < kMainsHarmonicsMax; ++k) {
        if (!active_.harmonics[k]) continue;
        const auto a = static_cast<double>(weights_[(2 * k) * lanes_ + channel]);
        const auto b = static_cast<double>(weights_[(2 * k + 1) * lanes_ + channel]);
        power += 0.5 * (a * a + b * b);
    }
    return std::sqrt(power);
}

template class BasicMainsCanceller<float>;
template class BasicMainsCanceller<double>;

}  // namespace tonus
