#include "engine/pipeline/zero_phase_stream.hpp"

#include <algorithm>

namespace tonus {
namespace {

// Domain 2.5, offline: a spike's surroundings are no muscle either.
constexpr double kSpikeS = 0.05;

// Of the second that the quality is of.
constexpr std::uint64_t kQualityShiftTicks = 50;

}  // namespace

ZeroPhaseStream::ZeroPhaseStream(const StreamInfo& stream, const EmgChainConfig& config)
    : kept_(stream.rate, config.gate),
      finds_mains_(config.find_mains),
      comb_(zero_phase_comb(config.vibration_hz, {.rate = stream.rate, .n_channels = stream.channels.size()})),
      spikes_({.rate = stream.rate, .n_channels = stream.channels.size(), .mvc_uv = config.mvc_uv}),
      quality_({.rate = stream.rate,
                .n_channels = stream.channels.size(),
                .rest_uv = config.rest_uv}),
      spectrum_({.rate = stream.rate,
                 .n_channels = stream.channels.size(),
                 .high_hz = Conditioner{config.condition}.low_pass_hz()}),
      envelope_(stream.rate, {.n_channels = stream.channels.size(), .window_s = config.window_s}),
      uncombed_(stream.rate, {.n_channels = stream.channels.size(), .window_s = config.window_s}),
      gated_block_(stream.channels.size()),
      block_(stream.channels.size()),
      results_(stream.channels.size()),
      energies_(stream.channels.size()) {
    for (const Profile profile : config.condition.profiles) {
        filters_.push_back({channel_sections(profile, config.condition, kTwoPasses), zero_phase_padding(profile, stream.rate.hz())});
    }
    if (config.ecg_template) {
        template_.emplace(stream.rate, stream.channels.size(), config.condition.mains_hz, config.window_s);
    }
}

void ZeroPhaseStream::condition() {
    kept_.mark_in_hindsight();
    for (std::size_t ch = 0; ch < kept_.n_channels(); ++ch) {
        conditioned_uv_.push_back(filtered(kept_, kept_.gated_uv()[ch], ch, filters_[ch].sections, filters_[ch].n_pad));
    }
    if (finds_mains_) mains_.find(kept_, conditioned_uv_);
    if (template_) template_->condition(kept_, mains_);
    const Lanes hum_uv = mains_.take_off(kept_, conditioned_uv_);
    comb_vibration();
    watch(hum_uv);
    kept_.mark_before(sample_flag::spike, kSpikeS);
    kept_.drop_gated();
}

/// What the comb takes of the muscle itself is put back on average: the rest is an estimate.
void ZeroPhaseStream::comb_vibration() {
    if (comb_.sections.empty()) return;
    const auto gain = static_cast<float>(1.0 / comb_.rms_kept);
    uncombed_uv_ = conditioned_uv_;
    for (std::size_t ch = 0; ch < kept_.n_channels(); ++ch) {
        conditioned_uv_[ch] = filtered(kept_, conditioned_uv_[ch], ch, comb_.sections, comb_.n_pad);
        for (float& sample : conditioned_uv_[ch]) sample *= gain;
    }
}

/// What looks at the signal as it goes by: spikes, quality. In the order of the chain.
void ZeroPhaseStream::watch(const Lanes& hum_uv) {
    for (const KeptSignal::Stretch& stretch : kept_.stretches()) {
        if (stretch.n_gap > 0) spikes_.restart();
        for (std::uint64_t done = 0; done < stretch.n_gap; done += kBlockFrames) {
            const std::size_t n = std::min<std::uint64_t>(kBlockFrames, stretch.n_gap - done);
            quality_.skip(n);
            end_ticks(n);
        }
        for (std::size_t done = 0; done < stretch.n_frames; done += kBlockFrames) {
            watch_block(stretch.first + done, std::min(kBlockFrames, stretch.n_frames - done), hum_uv);
        }
    }
}

void ZeroPhaseStream::watch_block(std::size_t first, std::size_t n_frames, const Lanes& hum_uv) {
    quality_.process_gated(gated_block_.at(kept_.gated_uv(), kept_, first, n_frames));
    const Block<unit::Microvolt> emg = block_.at(conditioned_uv_, kept_, first, n_frames);
    if (!hum_uv.empty()) {
        const Block<unit::Microvolt> with_hum = gated_block_.at(conditioned_uv_, kept_, first, n_frames);
        for (std::size_t ch = 0; ch < hum_uv.size(); ++ch) {
            for (std::size_t i = 0; i < n_frames; ++i) with_hum.frame(i)[ch] += hum_uv[ch][first + i];
        }
        quality_.process_with_hum(with_hum);
        quality_.process_without_hum(emg);
    }
    spikes_.process(emg);
    quality_.process(emg);
    for (std::size_t ch = 0; ch < kept_.n_channels(); ++ch) {
        for (std::size_t i = 0; i < n_frames; ++i) kept_.flags(ch)[first + i] = emg.flags(i)[ch];
    }
    end_ticks(n_frames);
}

void ZeroPhaseStream::end_ticks(std::size_t n_frames) {
    n_watched_ += n_frames;
    for (; kept_.rate().first_frame_of(n_ticks_ + 1) <= n_watched_; ++n_ticks_) {
        quality_.tick(n_ticks_);
        quality_of_ticks_.insert(quality_of_ticks_.end(), quality_.latest().begin(), quality_.latest().end());
    }
}

ZeroPhaseTick ZeroPhaseStream::next() noexcept {
    const std::optional<Tick<unit::Microvolt>> envelope = envelope_.next(kept_, conditioned_uv_, &spectrum_);
    if (!envelope) return {};
    const std::uint64_t quality_tick = std::min(envelope->index + kQualityShiftTicks, n_ticks_ - 1);
    for (std::size_t ch = 0; ch < results_.size(); ++ch) {
        ChannelResult& result = results_[ch];
        result.rms_uv = envelope->value[ch];
        result.rms_status = envelope->status[ch];
        result.quality = quality_of_ticks_[quality_tick * results_.size() + ch];
        result.rms_status.quality = result.quality.index;
        const SpectrumValue& spectrum = spectrum_.latest()[ch];
        result.mdf_hz = spectrum.valid ? spectrum.mdf_hz : 0.0f;
        result.window_rms_uv = spectrum.rms_uv;
        result.n_windows = static_cast<std::uint32_t>(spectrum.n_windows);
        result.mnf_hz = spectrum.valid ? spectrum.mnf_hz : 0.0f;
        energies_[ch] = envelope_.energies()[ch];
        energies_[ch].status = result.rms_status;
    }
    if (template_) template_->next(kept_, results_);
    ZeroPhaseTick tick{results_, energies_};
    if (!uncombed_uv_.empty()) {
        tick.uncombed = uncombed_.next(kept_, uncombed_uv_);
        for (ChannelResult& result : results_) result.estimate = true;
    }
    return tick;
}

}  // namespace tonus
