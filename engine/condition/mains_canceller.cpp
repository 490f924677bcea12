#include "engine/condition/mains_canceller.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

#include <fmt/format.h>

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

constexpr double kElectrodeMaxUv = 10e6;

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
      hum_(lanes_, T{0}),
      push_(lanes_, T{0}),
      energy_uv2_(n_channels_, 0.0),
      n_good_(n_channels_, 0),
      residual_uv_(n_channels_, 0.0) {
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
        if (wanted_.harmonics[k] && active_.harmonics[k] && same_grid) continue;
        std::fill_n(weights(k, 0), 2 * lanes_, T{0});
    }
    if (!same_grid) f_hz_ = wanted_.frequency_hz > 0.0 ? wanted_.frequency_hz : wanted_.nominal_hz;
    if (!same_channel) {
        has_angle_ = false;
        n_usual_ = 0;
    }
    active_ = wanted_;
    active_.strongest_channel = std::min(wanted_.strongest_channel, n_channels_ > 0 ? n_channels_ - 1 : 0);
    n_harmonics_ = 0;
    for (std::size_t k = 0; k < kMainsHarmonicsMax; ++k) {
        if (active_.harmonics[k]) n_harmonics_ = k + 1;
    }
    set_oscillator();
}

/// From then on it turns by itself: the sine of every frame would cost as much as all channels.
template <class T>
void BasicMainsCanceller<T>::set_oscillator() noexcept {
    now_ = std::polar(1.0, kTurn * phase_);
    step_ = std::polar(1.0, kTurn * f_hz_ / rate_hz_);
}

void MainsCanceller::process(Block<unit::Microvolt> block) noexcept {
    if (pass(block.n_frames())) return;
    for (std::size_t i = 0; i < block.n_frames(); ++i) process_frame(block.lanes(i), block.flags(i));
}

template <class T>
bool BasicMainsCanceller<T>::pass(std::size_t n_frames) noexcept {
    const bool stays_off = !is_new_ || wanted_.harmonics.none() || n_frames_ + n_frames <= wanted_.from_frame;
    if (active_.harmonics.any() || f_hz_ != 0.0 || !stays_off) return false;
    const bool ends_interval = n_frames_ % n_interval_ + n_frames >= n_interval_;
    n_frames_ += n_frames;
    if (ends_interval) end_interval();
    return true;
}

template <class T>
void BasicMainsCanceller<T>::process_frame(std::span<T> frame_uv, std::span<const std::uint8_t> flags) noexcept {
    if (is_new_ && n_frames_ >= wanted_.from_frame) obey();
    if (active_.harmonics.none()) {
        end_frame();
        return;
    }

    std::array<T, kMainsHarmonicsMax> cosine, sine;
    std::complex<double> harmonic = now_;
    for (std::size_t k = 0; k < n_harmonics_; ++k) {
        cosine[k] = static_cast<T>(harmonic.real());
        sine[k] = static_cast<T>(harmonic.imag());
        harmonic = turned(harmonic, now_);
    }

    const std::size_t n = std::min(frame_uv.size(), lanes_);
    std::fill_n(hum_.begin(), n, T{0});
    for (std::size_t k = 0; k < n_harmonics_; ++k) {
        if (!active_.harmonics[k]) continue;
        const T* const a = weights(k, 0);
        const T* const b = weights(k, 1);
        for (std::size_t lane = 0; lane < n; ++lane) hum_[lane] += a[lane] * cosine[k] + b[lane] * sine[k];
    }
    for (std::size_t lane = 0; lane < n; ++lane) frame_uv[lane] -= hum_[lane];
    find_push(frame_uv, flags);
    for (std::size_t k = 0; k < n_harmonics_; ++k) {
        if (!active_.harmonics[k]) continue;
        T* const a = weights(k, 0);
        T* const b = weights(k, 1);
        for (std::size_t lane = 0; lane < n; ++lane) {
            a[lane] += push_[lane] * cosine[k];
            b[lane] += push_[lane] * sine[k];
        }
    }
    end_frame();
}

/// What moves the weights: the samples that count, and so written that NaN does not.
template <class T>
void BasicMainsCanceller<T>::find_push(std::span<const T> left_uv, std::span<const std::uint8_t> flags) noexcept {
    // Nearly always no sample is flagged, and then no loop has a branch.
    std::uint8_t any = 0;
    for (const std::uint8_t flag : flags) any = static_cast<std::uint8_t>(any | flag);
    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        const T e = left_uv[channel];
        push_[channel] = std::abs(e) <= static_cast<T>(kElectrodeMaxUv) ? e : T{0};
    }
    for (std::size_t channel = 0; channel < n_channels_; ++channel) n_good_[channel] += 1u;
    for (std::size_t channel = 0; any != 0 && channel < n_channels_; ++channel) {
        if (flags[channel] == 0) continue;
        push_[channel] = T{0};
        --n_good_[channel];
    }
    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        const auto e = static_cast<double>(push_[channel]);
        energy_uv2_[channel] += e * e;
    }
    for (std::size_t channel = 0; channel < n_channels_; ++channel) push_[channel] *= two_mu_;
}

template <class T>
void BasicMainsCanceller<T>::end_frame() noexcept {
    ++n_frames_;
    now_ = turned(now_, step_);
    phase_ += f_hz_ / rate_hz_;
    phase_ -= std::floor(phase_);
    if (n_frames_ % n_interval_ == 0) end_interval();
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
    for (std::size_t channel = 0; channel < n_channels_; ++channel) {
        if (n_good_[channel] > 0) residual_uv_[channel] = std::sqrt(energy_uv2_[channel] / n_good_[channel]);
    }
    if (tracks_ && active_.harmonics[0] && n_channels_ > 0) track();
    set_oscillator();
    std::fill(energy_uv2_.begin(), energy_uv2_.end(), 0.0);
    std::fill(n_good_.begin(), n_good_.end(), 0u);
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
    if (2 * n_good_[channel] < n_interval_) return;
    // Against the usual hum too: strong EMG shakes the weights, and by chance they are often as large
    // as a tenth of it.
    const double hum = std::sqrt(0.5 * (a * a + b * b));
    n_usual_ = std::min(n_usual_ + 1, kUsualIntervals);
    if (n_usual_ == 1) usual_hum_uv_ = hum;
    else usual_hum_uv_ += (hum - usual_hum_uv_) / n_usual_;
    if (!had_angle || residual_uv_[channel] > kEmgOfHumMax * std::min(hum, usual_hum_uv_)) return;
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
