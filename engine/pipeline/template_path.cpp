#include "engine/pipeline/template_path.hpp"

#include <algorithm>

namespace tonus {
namespace {

ConditionConfig general_band(const Rate& rate, std::size_t n_channels, double mains_hz) {
    return {.rate = rate, .profiles = std::vector<Profile>(n_channels, Profile::general), .mains_hz = mains_hz};
}

}  // namespace

TemplatePath::TemplatePath(const Rate& rate, std::size_t n_channels, double mains_hz, double window_s)
    : n_channels_(n_channels),
      condition_(general_band(rate, n_channels, mains_hz)),
      mains_({.rate = rate, .n_channels = n_channels}),
      beats_({.rate = rate, .n_channels = n_channels}),
      ecg_({.rate = rate, .n_channels = n_channels}),
      energy_(rate, n_channels),
      rms_({.n_channels = n_channels, .window_s = window_s}),
      samples_(kBlockFrames * padded_lanes(n_channels), 0.0f) {
    // At 100 Hz, the lowest rate for EMG, every frame is a tick.
    index_.resize(kBlockFrames + 1);
    value_.resize(index_.size() * n_channels);
    status_.resize(index_.size() * n_channels);
}

Block<unit::Microvolt> TemplatePath::process(const Block<unit::Microvolt>& gated, const MainsState& mains) noexcept {
    const Block<unit::Microvolt> own{samples_.data(), gated.flags(0).data(), n_channels_, gated.n_frames()};
    for (const Beat& beat : beats_.process(gated)) ecg_.beat(beat);
    condition_.process(gated, own);
    mains_.set_active(mains);
    mains_.process(own);
    const Block<unit::Microvolt> without_heart = ecg_.process(own);
    take(energy_.process(without_heart));
    return without_heart;
}

void TemplatePath::skip(std::size_t n_frames) noexcept {
    n_skipped_ += n_frames;
    mains_.skip(n_frames);
    take(energy_.skip(n_frames));
}

void TemplatePath::restart() noexcept {
    condition_.restart();
    beats_.skip(static_cast<std::size_t>(n_skipped_));
    ecg_.restart(n_skipped_);
    n_skipped_ = 0;
}

void TemplatePath::take(std::span<const EnergyTick> energies) noexcept {
    energies_ = energies;
    n_ticks_ = 0;
    for (const EnergyTick& energy : energies) {
        const Tick<unit::Microvolt> envelope = rms_.process(energy);
        const auto at = static_cast<std::ptrdiff_t>(n_ticks_ * n_channels_);
        index_[n_ticks_] = envelope.index;
        std::copy(envelope.value.begin(), envelope.value.end(), value_.begin() + at);
        std::copy(envelope.status.begin(), envelope.status.end(), status_.begin() + at);
        ++n_ticks_;
    }
}

Tick<unit::Microvolt> TemplatePath::tick(std::size_t k) const noexcept {
    return {index_[k], std::span{value_}.subspan(k * n_channels_, n_channels_), std::span{status_}.subspan(k * n_channels_, n_channels_)};
}

}  // namespace tonus
