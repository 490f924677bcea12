#include "engine/pipeline/vibration_path.hpp"

#include <algorithm>

namespace tonus {

VibrationPath::VibrationPath(const Rate& rate, std::size_t n_channels, double window_s, std::span<const std::optional<WhiteningFit>> whitening)
    : comb_({.rate = rate, .n_channels = n_channels}),
      energy_(rate, n_channels),
      rms_({.n_channels = n_channels, .window_s = window_s}),
      uncombed_uv_(kBlockFrames * padded_lanes(n_channels), 0.0f),
      flags_(kBlockFrames * padded_lanes(n_channels), 0) {
    if (!whitening.empty()) whitening_.emplace(whitening);
}

void VibrationPath::restart() noexcept {
    comb_.restart();
    if (whitening_) whitening_->restart();
}

void VibrationPath::comb(Block<unit::Microvolt> emg) noexcept {
    for (std::size_t i = 0; i < emg.n_frames(); ++i) {
        const std::span<const float> lanes = emg.lanes(i);
        std::copy(lanes.begin(), lanes.end(), uncombed_uv_.begin() + static_cast<std::ptrdiff_t>(i * emg.stride()));
    }
    if (comb_.frequency_hz() <= 0.0) return;
    comb_.process(emg);
    const auto gain = static_cast<float>(1.0 / comb_.rms_kept());
    for (std::size_t i = 0; i < emg.n_frames(); ++i) {
        for (float& sample : emg.lanes(i)) sample *= gain;
    }
}

void VibrationPath::end_block(const Block<unit::Microvolt>& emg) noexcept {
    const Block<unit::Microvolt> uncombed{uncombed_uv_.data(), flags_.data(), emg.n_channels(), emg.n_frames()};
    for (std::size_t i = 0; i < emg.n_frames(); ++i) {
        const std::span<const std::uint8_t> flags = emg.flags(i);
        std::copy(flags.begin(), flags.end(), uncombed.flags(i).begin());
    }
    if (whitening_) whitening_->process(uncombed);
    energies_ = energy_.process(uncombed);
}

void VibrationPath::skip(std::size_t n_frames) noexcept { energies_ = energy_.skip(n_frames); }

}  // namespace tonus
