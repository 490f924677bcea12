#include "engine/spectrum/spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

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

void Spectrum::process(const Block<unit::Microvolt>& block) noexcept {
    for (std::size_t i = 0; i < block.n_frames(); ++i) {
        const std::span<const float> frame = block.frame(i);
        const std::span<const std::uint8_t> flags = block.flags(i);
        const auto at = static_cast<std::size_t>(n_frames_ % n_ring_);
        for (std::size_t channel = 0; channel < config_.n_channels; ++channel) {
            ring_[channel * n_ring_ + at] = frame[channel];
            if (flags[channel] != 0) bad_until_[channel] = n_frames_ + 1;
        }
        end_frame();
    }
}

void Spectrum::skip(std::size_t n_frames) noexcept {
    for (std::size_t i = 0; i < n_frames; ++i) {
        for (std::uint64_t& bad : bad_until_) bad = n_frames_ + 1;
        end_frame();
    }
}

void Spectrum::end_frame() noexcept {
    ++n_frames_;
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
    value.valid = false;
    if (!window_ok_[channel]) return;
    const std::span<float> input = fft_.input();
    const float* const ring = ring_.data() + channel * n_ring_;
    auto at = static_cast<std::size_t>((window_end_ - n_window_) % n_ring_);
    for (std::size_t i = 0; i < n_window_; ++i) {
        input[i] = ring[at] * hann_[i];
        at = at + 1 == n_ring_ ? 0 : at + 1;
    }
    const double bin_hz = config_.rate.hz() / static_cast<double>(n_window_);
    const BandFrequency found = band_frequency(fft_.power(), bin_hz, config_.low_hz, config_.high_hz);
    value.mdf_hz = found.mdf_hz;
    value.mnf_hz = found.mnf_hz;
    // Half of the power lies at the frequencies below 0, and Hann's window keeps 3/8.
    const auto n = static_cast<double>(n_window_);
    value.rms_uv = static_cast<float>(std::sqrt(found.power * 16.0 / (3.0 * n * n)));
    value.valid = found.valid;
}

}  // namespace tonus
