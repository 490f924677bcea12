#include "engine/spectrum/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/spectrum/transpose.hpp"

namespace tonus {
namespace {

// Over how many ticks the channels' turns are spread. All have had theirs before a block that
// holds the end of the next window is handed over, which may be that whole block early.
std::uint64_t ticks_to_spread(const SpectrumConfig& config) {
    const double hop_ticks = 0.5 * config.window_s * static_cast<double>(kTicksPerSecond);
    const double block_ticks = static_cast<double>(kBlockFrames * kTicksPerSecond) / config.rate.hz();
    return static_cast<std::uint64_t>(std::max(1.0, hop_ticks - std::ceil(block_ticks) - 3.0));
}

// FFT libraries like even lengths; a frame more or less in a second does not matter.
std::size_t even(std::uint64_t n) { return static_cast<std::size_t>(n + n % 2); }

}  // namespace

Spectrum::Spectrum(SpectrumConfig config)
    : config_(config),
      n_window_(even(config.rate.frames_in(config.window_s))),
      n_hop_(n_window_ / 2),
      // The window under way stays whole until the last channel had its turn: one hop, and the
      // block and tick it may be late by.
      n_ring_(n_window_ + n_hop_ + 2 * kBlockFrames + static_cast<std::size_t>(config.rate.hz() * 0.05)),
      n_spread_(ticks_to_spread(config)),
      fft_(n_window_),
      hann_(n_window_),
      ring_(config.n_channels * n_ring_, 0.0f),
      bad_until_(config.n_channels, 0),
      next_end_(n_window_),
      next_channel_(config.n_channels),
      window_ok_(config.n_channels, false),
      latest_(config.n_channels) {
    for (std::size_t i = 0; i < n_window_; ++i) {
        const double phase = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(n_window_);
        hann_[i] = static_cast<float>(0.5 - 0.5 * std::cos(phase));
    }
}

std::size_t Spectrum::frames_to_window_end(std::size_t n_most) const noexcept {
    return static_cast<std::size_t>(std::min<std::uint64_t>(n_most, next_end_ - n_frames_));
}

void Spectrum::process(const Block<unit::Microvolt>& block) noexcept {
    for (std::size_t done = 0; done < block.n_frames();) {
        const std::size_t n = frames_to_window_end(block.n_frames() - done);
        keep(block.from(done).first(n));
        advance(n);
        done += n;
    }
}

/// Turns frames into channels: a transform wants its samples side by side (performance, "other work").
void Spectrum::keep(const Block<unit::Microvolt>& frames) noexcept {
    const std::size_t n = frames.n_frames(), stride = frames.stride();
    const auto at = static_cast<std::size_t>(n_frames_ % n_ring_);
    const std::size_t n_to_end = std::min(n, n_ring_ - at);
    const float* const samples = frames.lanes(0).data();
    transpose(samples, stride, config_.n_channels, n_to_end, ring_.data() + at, n_ring_);
    transpose(samples + n_to_end * stride, stride, config_.n_channels, n - n_to_end, ring_.data(), n_ring_);
    for (std::size_t i = 0; i < n; ++i) {
        const std::span<const std::uint8_t> flags = frames.flags(i);
        // Nearly always none: looked at as a whole first.
        std::uint8_t any = 0;
        for (const std::uint8_t flag : flags) any = static_cast<std::uint8_t>(any | flag);
        if (any == 0) continue;
        for (std::size_t channel = 0; channel < config_.n_channels; ++channel) {
            if (flags[channel] != 0) bad_until_[channel] = n_frames_ + i + 1;
        }
    }
}

void Spectrum::skip(std::size_t n_frames) noexcept {
    while (n_frames > 0) {
        const std::size_t n = frames_to_window_end(n_frames);
        for (std::uint64_t& bad : bad_until_) bad = n_frames_ + n;
        advance(n);
        n_frames -= n;
    }
}

/// At most to the end of the window.
void Spectrum::advance(std::size_t n_frames) noexcept {
    n_frames_ += n_frames;
    if (n_frames_ < next_end_) return;
    window_end_ = next_end_;
    window_tick_ = config_.rate.tick_of(window_end_ - 1);
    next_end_ += n_hop_;
    next_channel_ = 0;
    for (std::size_t channel = 0; channel < config_.n_channels; ++channel) {
        window_ok_[channel] = bad_until_[channel] + n_window_ <= window_end_;
    }
}

void Spectrum::tick(std::uint64_t index) noexcept {
    if (next_channel_ >= config_.n_channels || index <= window_tick_) return;
    const std::uint64_t elapsed = std::min(index - window_tick_, n_spread_);
    const auto due = static_cast<std::size_t>(config_.n_channels * elapsed / n_spread_);
    for (; next_channel_ < due; ++next_channel_) compute(next_channel_);
}

void Spectrum::compute(std::size_t channel) noexcept {
    SpectrumValue& value = latest_[channel];
    ++value.n_windows;
    ++n_renewed_;
    value.valid = false;
    if (!window_ok_[channel]) return;
    float* const input = fft_.input().data();
    const float* const ring = ring_.data() + channel * n_ring_;
    const auto begin = static_cast<std::size_t>((window_end_ - n_window_) % n_ring_);
    const std::size_t n_to_end = std::min(n_window_, n_ring_ - begin);
    for (std::size_t i = 0; i < n_to_end; ++i) input[i] = ring[begin + i] * hann_[i];
    for (std::size_t i = n_to_end; i < n_window_; ++i) input[i] = ring[i - n_to_end] * hann_[i];
    const double bin_hz = config_.rate.hz() / static_cast<double>(n_window_);
    const auto n_bins = static_cast<std::size_t>(config_.high_hz / bin_hz) + 2;  // above the band nobody looks
    const BandFrequency found = band_frequency(fft_.power(n_bins), bin_hz, config_.low_hz, config_.high_hz);
    value.mdf_hz = found.mdf_hz;
    value.mnf_hz = found.mnf_hz;
    // Half of the power lies at the frequencies below 0, and Hann's window keeps 3/8.
    const auto n = static_cast<double>(n_window_);
    value.rms_uv = static_cast<float>(std::sqrt(found.power * 16.0 / (3.0 * n * n)));
    value.valid = found.valid;
}

}  // namespace tonus
