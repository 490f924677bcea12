#include "engine/pipeline/centred_envelope.hpp"

#include <algorithm>

namespace tonus {

CentredEnvelope::CentredEnvelope(const Rate& rate, const RmsConfig& config)
    : n_channels_(config.n_channels),
      energy_(rate, config.n_channels),
      rms_(config),
      block_(config.n_channels),
      recent_((rms_.shift_ticks() + 1) * config.n_channels) {}

std::optional<Tick<unit::Microvolt>> CentredEnvelope::next(const KeptSignal& kept, const Lanes& signal_uv, Spectrum* spectrum) noexcept {
    std::optional<Tick<unit::Microvolt>> envelope;
    do {
        while (!envelope && !ticks_.empty()) {
            const EnergyTick tick = ticks_.front();
            ticks_ = ticks_.subspan(1);
            if (spectrum != nullptr) spectrum->tick(tick.index);
            remember(tick);
            envelope = rms_.process(tick);
        }
    } while (!envelope && advance(kept, signal_uv, spectrum));
    if (!envelope) envelope = rms_.finish();
    if (envelope) last_ = envelope->index;
    return envelope;
}

/// Sums up the next block. False when there is none.
bool CentredEnvelope::advance(const KeptSignal& kept, const Lanes& signal_uv, Spectrum* spectrum) noexcept {
    const std::span<const KeptSignal::Stretch> stretches = kept.stretches();
    for (; stretch_ < stretches.size(); ++stretch_, n_gap_done_ = 0, n_frames_done_ = 0) {
        const KeptSignal::Stretch& stretch = stretches[stretch_];
        if (n_gap_done_ < stretch.n_gap) {
            const std::size_t n = std::min<std::uint64_t>(kBlockFrames, stretch.n_gap - n_gap_done_);
            if (spectrum != nullptr) spectrum->skip(n);
            ticks_ = energy_.skip(n);
            n_gap_done_ += n;
            return true;
        }
        if (n_frames_done_ < stretch.n_frames) {
            const std::size_t n = std::min(kBlockFrames, stretch.n_frames - n_frames_done_);
            const Block<unit::Microvolt> emg = block_.at(signal_uv, kept, stretch.first + n_frames_done_, n);
            if (spectrum != nullptr) spectrum->process(emg);
            ticks_ = energy_.process(emg);
            n_frames_done_ += n;
            return true;
        }
    }
    return false;
}

void CentredEnvelope::remember(const EnergyTick& tick) noexcept {
    const std::size_t slot = static_cast<std::size_t>(tick.index % (rms_.shift_ticks() + 1)) * n_channels_;
    for (std::size_t ch = 0; ch < n_channels_; ++ch) {
        recent_[slot + ch] = {tick.energy_uv2[ch], tick.counts[ch].n_valid, {}};
    }
}

std::span<const ChannelEnergy> CentredEnvelope::energies_of(std::uint64_t tick) const noexcept {
    const std::size_t slot = static_cast<std::size_t>(tick % (rms_.shift_ticks() + 1)) * n_channels_;
    return std::span{recent_}.subspan(slot, n_channels_);
}

}  // namespace tonus
