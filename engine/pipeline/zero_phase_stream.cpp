#include "engine/pipeline/zero_phase_stream.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/zero_phase.hpp"

namespace tonus {
namespace {

// Domain 2.5, offline: a spike's surroundings are no muscle either.
constexpr double kSpikeS = 0.05;

// Of the second that the quality is of.
constexpr std::uint64_t kQualityShiftTicks = 50;

using Flags = std::span<std::uint8_t>;

/// Marks the `n` samples before every run of samples that have one of the flags `of`.
void mark_before(Flags flags, std::uint8_t of, std::size_t n, std::uint8_t with) noexcept {
    for (std::size_t i = 1; i < flags.size(); ++i) {
        if ((flags[i] & of) == 0 || (flags[i - 1] & of) != 0) continue;
        for (std::size_t k = i - std::min(i, n); k < i; ++k) flags[k] |= with;
    }
}

/// A flat line is off from where it became flat.
void mark_flat_before(Flags flags, std::span<const float> gated_uv) noexcept {
    for (std::size_t i = flags.size(); i-- > 1;) {
        if ((flags[i] & sample_flag::lead_off) != 0 && gated_uv[i - 1] == gated_uv[i]) flags[i - 1] |= sample_flag::lead_off;
    }
}

}  // namespace

ZeroPhaseStream::ZeroPhaseStream(const StreamInfo& stream, const EmgChainConfig& config)
    : rate_(stream.rate),
      n_hold_max_(stream.rate.frames_in(kHoldS)),
      gate_(config.gate),
      mains_detector_({.rate = stream.rate, .n_channels = stream.channels.size()}),
      finds_mains_(config.find_mains),
      mains_({.rate = stream.rate, .n_channels = stream.channels.size()}),
      spikes_({.rate = stream.rate, .n_channels = stream.channels.size(), .mvc_uv = config.mvc_uv}),
      quality_({.rate = stream.rate,
                .n_channels = stream.channels.size(),
                .rest_uv = config.rest_uv}),
      energy_(stream.rate, stream.channels.size()),
      spectrum_({.rate = stream.rate,
                 .n_channels = stream.channels.size(),
                 .high_hz = Conditioner{config.condition}.low_pass_hz()}),
      rms_({.n_channels = stream.channels.size(), .window_s = config.window_s}),
      stretches_(1),
      gated_block_(kBlockFrames * padded_lanes(stream.channels.size()), 0.0f),
      block_(gated_block_.size(), 0.0f),
      flags_block_(gated_block_.size(), 0),
      results_(stream.channels.size()) {
    for (const Profile profile : config.condition.profiles) {
        lanes_.push_back({.sections = channel_sections(profile, config.condition, kTwoPasses),
                          .n_pad = zero_phase_padding(profile, stream.rate.hz()),
                          .gated_uv = {},
                          .conditioned_uv = {},
                          .flags = {}});
    }
}

void ZeroPhaseStream::append(const RawFrames& raw) {
    for (std::size_t done = 0; done < raw.n_frames; done += kBlockFrames) {
        keep(gate_.process(raw.slice(done, std::min(kBlockFrames, raw.n_frames - done))));
    }
}

void ZeroPhaseStream::gap(std::uint64_t n_frames) {
    Stretch& last = stretches_.back();
    const bool in_long_gap = last.n_frames == 0 && last.n_gap > 0;
    if (n_frames > n_hold_max_ || in_long_gap) {
        if (last.n_frames > 0) stretches_.push_back({.first = last.first + last.n_frames});
        stretches_.back().n_gap += n_frames;
        gate_.restart();
        return;
    }
    while (n_frames > 0) {
        const std::size_t n = std::min<std::uint64_t>(kBlockFrames, n_frames);
        keep(gate_.hold(n));
        n_frames -= n;
    }
}

void ZeroPhaseStream::keep(const Block<unit::Microvolt>& gated) {
    for (std::size_t ch = 0; ch < lanes_.size(); ++ch) {
        for (std::size_t i = 0; i < gated.n_frames(); ++i) {
            lanes_[ch].gated_uv.push_back(gated.frame(i)[ch]);
            lanes_[ch].flags.push_back(gated.flags(i)[ch]);
        }
    }
    stretches_.back().n_frames += gated.n_frames();
}

void ZeroPhaseStream::condition() {
    for (Lane& lane : lanes_) {
        mark_in_hindsight(lane);
        filter(lane);
    }
    watch();
    const std::size_t n_spike = rate_.frames_in(kSpikeS);
    for (Lane& lane : lanes_) {
        for (const Stretch& stretch : stretches_) {
            mark_before(Flags{lane.flags}.subspan(stretch.first, stretch.n_frames), sample_flag::spike, n_spike, sample_flag::spike);
        }
        std::vector<float>{}.swap(lane.gated_uv);
    }
}

void ZeroPhaseStream::mark_in_hindsight(Lane& lane) const {
    const std::size_t n_settle = rate_.frames_in(kShortSettleS);
    for (const Stretch& stretch : stretches_) {
        const Flags flags = Flags{lane.flags}.subspan(stretch.first, stretch.n_frames);
        mark_before(flags, sample_flag::lead_off, rate_.frames_in(kLeadOffS), sample_flag::lead_off);
        mark_flat_before(flags, std::span<const float>{lane.gated_uv}.subspan(stretch.first, stretch.n_frames));
        // The backward pass begins at a hole and at the end, as the forward pass does behind one.
        mark_before(flags, kHoleFlags, n_settle, sample_flag::settling);
        for (std::uint8_t& flag : flags.last(std::min(n_settle, flags.size()))) flag |= sample_flag::settling;
    }
}

void ZeroPhaseStream::filter(Lane& lane) const {
    std::vector<double> signal;
    lane.conditioned_uv.reserve(lane.gated_uv.size());
    for (const Stretch& stretch : stretches_) {
        const auto begin = lane.gated_uv.begin() + static_cast<std::ptrdiff_t>(stretch.first);
        signal.assign(begin, begin + static_cast<std::ptrdiff_t>(stretch.n_frames));
        filter_stretches(signal, Flags{lane.flags}.subspan(stretch.first, stretch.n_frames), lane.sections,
                         {.n_hole_max = static_cast<std::size_t>(n_hold_max_), .n_pad = lane.n_pad});
        for (const double x : signal) lane.conditioned_uv.push_back(static_cast<float>(x));
    }
}

Block<unit::Microvolt> ZeroPhaseStream::block_of(std::vector<float> Lane::*samples, std::vector<float>& into,
                                                 std::size_t first, std::size_t n_frames) noexcept {
    const Block<unit::Microvolt> block{into.data(), flags_block_.data(), lanes_.size(), n_frames};
    for (std::size_t ch = 0; ch < lanes_.size(); ++ch) {
        for (std::size_t i = 0; i < n_frames; ++i) {
            block.frame(i)[ch] = (lanes_[ch].*samples)[first + i];
            block.flags(i)[ch] = lanes_[ch].flags[first + i];
        }
    }
    return block;
}

/// What looks at the signal as it goes by: hum, spikes, quality. In the order of the chain.
void ZeroPhaseStream::watch() {
    for (const Stretch& stretch : stretches_) {
        watch_gap(stretch.n_gap);
        for (std::size_t done = 0; done < stretch.n_frames; done += kBlockFrames) {
            watch_block(stretch.first + done, std::min(kBlockFrames, stretch.n_frames - done));
        }
    }
}

void ZeroPhaseStream::watch_block(std::size_t first, std::size_t n_frames) {
    const Block<unit::Microvolt> gated = block_of(&Lane::gated_uv, gated_block_, first, n_frames);
    if (finds_mains_) {
        const double before_hz = mains_detector_.state().nominal_hz;
        const MainsState& state = mains_detector_.process(gated);
        if (state.nominal_hz != before_hz) mains_changes_.push_back(state);
        mains_.set_active(state);
    }
    quality_.process_gated(gated);
    const Block<unit::Microvolt> emg = block_of(&Lane::conditioned_uv, block_, first, n_frames);
    if (mains_detector_.state().nominal_hz > 0.0) quality_.process_with_hum(emg);
    mains_.process(emg);
    if (mains_detector_.state().nominal_hz > 0.0) quality_.process_without_hum(emg);
    spikes_.process(emg);
    quality_.process(emg);
    for (std::size_t ch = 0; ch < lanes_.size(); ++ch) {
        for (std::size_t i = 0; i < n_frames; ++i) {
            lanes_[ch].conditioned_uv[first + i] = emg.frame(i)[ch];
            lanes_[ch].flags[first + i] = emg.flags(i)[ch];
        }
    }
    end_ticks(n_frames);
}

void ZeroPhaseStream::watch_gap(std::uint64_t n_frames) {
    if (n_frames > 0) spikes_.restart();
    while (n_frames > 0) {
        const std::size_t n = std::min<std::uint64_t>(kBlockFrames, n_frames);
        if (finds_mains_) mains_detector_.skip(n);
        mains_.skip(n);
        quality_.skip(n);
        end_ticks(n);
        n_frames -= n;
    }
}

void ZeroPhaseStream::end_ticks(std::size_t n_frames) {
    n_watched_ += n_frames;
    for (; rate_.first_frame_of(n_ticks_ + 1) <= n_watched_; ++n_ticks_) {
        quality_.tick(n_ticks_);
        quality_of_ticks_.insert(quality_of_ticks_.end(), quality_.latest().begin(), quality_.latest().end());
    }
}

std::span<const ChannelResult> ZeroPhaseStream::next() noexcept {
    do {
        while (!ticks_.empty()) {
            const EnergyTick tick = ticks_.front();
            ticks_ = ticks_.subspan(1);
            spectrum_.tick(tick.index);
            if (const auto envelope = rms_.process(tick)) return results_of(*envelope);
        }
    } while (advance());
    if (const auto envelope = rms_.finish()) return results_of(*envelope);
    return {};
}

/// Sums up the next block. False when there is none.
bool ZeroPhaseStream::advance() noexcept {
    for (; stretch_ < stretches_.size(); ++stretch_, n_gap_done_ = 0, n_frames_done_ = 0) {
        const Stretch& stretch = stretches_[stretch_];
        if (n_gap_done_ < stretch.n_gap) {
            const std::size_t n = std::min<std::uint64_t>(kBlockFrames, stretch.n_gap - n_gap_done_);
            spectrum_.skip(n);
            ticks_ = energy_.skip(n);
            n_gap_done_ += n;
            return true;
        }
        if (n_frames_done_ < stretch.n_frames) {
            const std::size_t n = std::min(kBlockFrames, stretch.n_frames - n_frames_done_);
            const Block<unit::Microvolt> emg = block_of(&Lane::conditioned_uv, block_, stretch.first + n_frames_done_, n);
            spectrum_.process(emg);
            ticks_ = energy_.process(emg);
            n_frames_done_ += n;
            return true;
        }
    }
    return false;
}

std::span<const ChannelResult> ZeroPhaseStream::results_of(const Tick<unit::Microvolt>& envelope) noexcept {
    const std::uint64_t quality_tick = std::min(envelope.index + kQualityShiftTicks, n_ticks_ - 1);
    for (std::size_t ch = 0; ch < results_.size(); ++ch) {
        ChannelResult& result = results_[ch];
        result.rms_uv = envelope.value[ch];
        result.rms_status = envelope.status[ch];
        result.quality = quality_of_ticks_[quality_tick * lanes_.size() + ch];
        result.rms_status.quality = result.quality.index;
        const SpectrumValue& spectrum = spectrum_.latest()[ch];
        result.mdf_hz = spectrum.valid ? spectrum.mdf_hz : 0.0f;
        result.window_rms_uv = spectrum.rms_uv;
        result.n_windows = static_cast<std::uint32_t>(spectrum.n_windows);
        result.mnf_hz = spectrum.valid ? spectrum.mnf_hz : 0.0f;
    }
    return results_;
}

}  // namespace tonus
