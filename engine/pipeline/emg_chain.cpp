#include "engine/pipeline/emg_chain.hpp"

#include <algorithm>

namespace tonus {
namespace {

// Frames of a gap accounted for in one call.
constexpr double kGapStepS = 5.0;

}  // namespace

EmgChain::EmgChain(const StreamInfo& stream, const EmgChainConfig& config)
    : gate_(config.gate),
      condition_(config.condition),
      energy_(stream.rate, stream.channels.size()),
      rms_({.n_channels = stream.channels.size(), .window_s = config.window_s}),
      spectrum_({.rate = stream.rate,
                 .n_channels = stream.channels.size(),
                 .high_hz = condition_.low_pass_hz()}),
      mains_({.rate = stream.rate, .n_channels = stream.channels.size()}),
      spikes_({.rate = stream.rate, .n_channels = stream.channels.size(), .mvc_uv = config.mvc_uv}),
      quality_({.rate = stream.rate, .n_channels = stream.channels.size(), .rest_uv = config.rest_uv}),
      window_s_(config.window_s),
      with_spectra_(config.spectra),
      hold_frames_max_(stream.rate.frames_in(kHoldS)) {
    if (config.find_mains) mains_detector_.emplace(MainsDetectorConfig{.rate = stream.rate, .n_channels = stream.channels.size()});
    if (config.estimator != Estimator::rms) {
        estimator_.emplace(LevelEstimatorConfig{.kind = config.estimator, .rate = stream.rate, .n_channels = stream.channels.size(),
                                                .window_s = config.window_s, .mvc_uv = config.mvc_uv});
    }
    if (!config.whitening.empty()) whitening_.emplace(config.whitening);
    if (config.find_vibration || config.vibration_hz > 0.0) {
        vibration_.emplace(stream.rate, stream.channels.size(), config.window_s, config.whitening);
        vibration_->set_frequency(config.vibration_hz);
    }
    if (config.ecg_template) {
        template_path_.emplace(stream.rate, stream.channels.size(), config.condition.mains_hz, config.window_s);
    }
}

double EmgChain::delay_s() const noexcept {
    return condition_.delay_s() + (estimator_ ? estimator_->delay_s() : 0.5 * window_s_);
}

void EmgChain::set_taps(Taps* taps, std::size_t stream) noexcept {
    taps_ = taps;
    stream_ = stream;
}

void EmgChain::process(const RawFrames& raw, EmgTickSink& out) noexcept {
    if (in_long_gap_) {
        gate_.restart();
        condition_.restart();
        if (vibration_) vibration_->restart();
        spikes_.restart();
        if (whitening_) whitening_->restart();
        if (template_path_) template_path_->restart();
        in_long_gap_ = false;
    }
    for (std::size_t done = 0; done < raw.n_frames; done += kBlockFrames) {
        run(gate_.process(raw.slice(done, std::min(kBlockFrames, raw.n_frames - done))), out);
    }
}

std::uint64_t EmgChain::gap(std::uint64_t n_frames, EmgTickSink& out) noexcept {
    if (!in_long_gap_ && n_frames <= hold_frames_max_) {
        while (n_frames > 0) {
            const std::size_t n = std::min<std::uint64_t>(kBlockFrames, n_frames);
            run(gate_.hold(n), out);
            n_frames -= n;
        }
        return 0;
    }
    in_long_gap_ = true;
    std::uint64_t budget = std::max<std::uint64_t>(
        kBlockFrames, static_cast<std::uint64_t>(kGapStepS / kHoldS) * hold_frames_max_);
    while (n_frames > 0 && budget >= kBlockFrames) {
        const std::size_t n = std::min<std::uint64_t>(kBlockFrames, n_frames);
        if (taps_ != nullptr) taps_->skipped(stream_, n);
        if (with_spectra_) spectrum_.skip(n);
        if (mains_detector_) mains_detector_->skip(n);
        mains_.skip(n);
        quality_.skip(n);
        if (template_path_) template_path_->skip(n);
        if (vibration_) vibration_->skip(n);
        finish_ticks(energy_.skip(n), out, true);
        n_frames -= n;
        budget -= kBlockFrames;
    }
    return n_frames;
}

void EmgChain::run(Block<unit::Microvolt> emg, EmgTickSink& out) noexcept {
    if (taps_ != nullptr) taps_->gated(stream_, emg);
    passed(Stage::gate);
    if (mains_detector_) mains_state_ = mains_detector_->process(emg);
    passed(Stage::mains_detector);
    quality_.process_gated(emg);
    passed(Stage::quality);
    if (template_path_) {
        const Block<unit::Microvolt> by_template = template_path_->process(emg, mains_state_);
        if (taps_ != nullptr) taps_->template_samples(stream_, by_template);
        passed(Stage::ecg_template);
    }
    condition_.process(emg);
    passed(Stage::band_pass);
    if (mains_state_.nominal_hz > 0.0) quality_.process_with_hum(emg);
    passed(Stage::quality);
    mains_.set_active(mains_state_);
    mains_.process(emg);
    passed(Stage::mains);
    if (mains_state_.nominal_hz > 0.0) quality_.process_without_hum(emg);
    passed(Stage::quality);
    if (vibration_) vibration_->comb(emg);
    spikes_.process(emg);
    passed(Stage::spikes);
    // Of the muscle's own spectrum: whitening levels it.
    if (with_spectra_) spectrum_.process(emg);
    passed(Stage::spectra);
    if (vibration_) vibration_->end_block(emg);
    if (whitening_) whitening_->process(emg);
    passed(Stage::spikes);
    quality_.process(emg);
    passed(Stage::quality);
    if (taps_ != nullptr) taps_->conditioned(stream_, emg);
    if (estimator_) estimator_->begin(emg);
    finish_ticks(energy_.process(emg), out, false);
    if (estimator_) estimator_->end();
    passed(Stage::envelope);
}

void EmgChain::finish_ticks(std::span<const EnergyTick> ticks, EmgTickSink& out, bool in_gap) noexcept {
    for (std::size_t k = 0; k < ticks.size(); ++k) {
        const EnergyTick& tick = ticks[k];
        Tick<unit::Microvolt> envelope = rms_.process(tick);
        if (estimator_) envelope = in_gap ? estimator_->skipped(tick, envelope) : estimator_->tick(tick, envelope);
        if (template_path_) {
            out.on_template_tick(template_path_->tick(k));
            if (taps_ != nullptr) taps_->template_tick(stream_, template_path_->energies()[k], template_path_->tick(k));
        }
        if (vibration_) out.on_uncombed_tick(vibration_->uncombed_tick(k));
        passed(Stage::envelope);
        quality_.tick(tick.index);
        passed(Stage::quality);
        if (taps_ != nullptr) {
            taps_->energy(stream_, tick);
            taps_->envelope(stream_, envelope);
        }
        out.on_tick(tick, envelope);
        passed(Stage::rows);
        // After the row, which need not wait for the transforms of this tick.
        if (with_spectra_) spectrum_.tick(tick.index);
        passed(Stage::spectra);
    }
}

}  // namespace tonus
