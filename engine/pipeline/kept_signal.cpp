#include "engine/pipeline/kept_signal.hpp"

#include <algorithm>

#include "engine/condition/zero_phase.hpp"

namespace tonus {
namespace {

using Flags = std::span<std::uint8_t>;

/// Marks the `n` samples before every run of samples that have one of the flags `of`.
void mark_ahead(Flags flags, std::uint8_t of, std::size_t n, std::uint8_t with) noexcept {
    for (std::size_t i = 1; i < flags.size(); ++i) {
        if ((flags[i] & of) == 0 || (flags[i - 1] & of) != 0) continue;
        for (std::size_t k = i - std::min(i, n); k < i; ++k) flags[k] |= with;
    }
}

/// A flat line is off from where it became flat.
void mark_flat_ahead(Flags flags, std::span<const float> gated_uv) noexcept {
    for (std::size_t i = flags.size(); i-- > 1;) {
        if ((flags[i] & sample_flag::lead_off) != 0 && gated_uv[i - 1] == gated_uv[i]) flags[i - 1] |= sample_flag::lead_off;
    }
}

}  // namespace

KeptSignal::KeptSignal(const Rate& rate, const GateConfig& gate)
    : rate_(rate),
      n_hold_max_(rate.frames_in(kHoldS)),
      gate_(gate),
      stretches_(1),
      gated_uv_(gate.stream.channels.size()),
      flags_(gate.stream.channels.size()) {}

void KeptSignal::append(const RawFrames& raw) {
    for (std::size_t done = 0; done < raw.n_frames; done += kBlockFrames) {
        keep(gate_.process(raw.slice(done, std::min(kBlockFrames, raw.n_frames - done))));
    }
}

void KeptSignal::gap(std::uint64_t n_frames) {
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

void KeptSignal::keep(const Block<unit::Microvolt>& gated) {
    for (std::size_t ch = 0; ch < n_channels(); ++ch) {
        for (std::size_t i = 0; i < gated.n_frames(); ++i) {
            gated_uv_[ch].push_back(gated.frame(i)[ch]);
            flags_[ch].push_back(gated.flags(i)[ch]);
        }
    }
    stretches_.back().n_frames += gated.n_frames();
}

void KeptSignal::mark_in_hindsight() {
    const std::size_t n_settle = rate_.frames_in(kShortSettleS);
    for (std::size_t ch = 0; ch < n_channels(); ++ch) {
        for (const Stretch& stretch : stretches_) {
            const Flags marks = Flags{flags_[ch]}.subspan(stretch.first, stretch.n_frames);
            mark_ahead(marks, sample_flag::lead_off, rate_.frames_in(kLeadOffS), sample_flag::lead_off);
            mark_flat_ahead(marks, std::span<const float>{gated_uv_[ch]}.subspan(stretch.first, stretch.n_frames));
            mark_ahead(marks, kHoleFlags, n_settle, sample_flag::settling);
            for (std::uint8_t& flag : marks.last(std::min(n_settle, marks.size()))) flag |= sample_flag::settling;
        }
    }
}

void KeptSignal::mark_before(std::uint8_t flag, double seconds) {
    for (std::vector<std::uint8_t>& flags : flags_) {
        for (const Stretch& stretch : stretches_) {
            mark_ahead(Flags{flags}.subspan(stretch.first, stretch.n_frames), flag, rate_.frames_in(seconds), flag);
        }
    }
}

std::vector<float> filtered(const KeptSignal& kept, std::span<const float> signal_uv, std::size_t channel,
                            std::span<const Section> sections, std::size_t n_pad) {
    std::vector<float> out;
    out.reserve(signal_uv.size());
    std::vector<double> signal;
    for (const KeptSignal::Stretch& stretch : kept.stretches()) {
        const std::span<const float> from = signal_uv.subspan(stretch.first, stretch.n_frames);
        signal.assign(from.begin(), from.end());
        filter_stretches(signal, kept.flags(channel).subspan(stretch.first, stretch.n_frames), sections,
                         {.n_hole_max = static_cast<std::size_t>(kept.n_hold_max()), .n_pad = n_pad});
        for (const double x : signal) out.push_back(static_cast<float>(x));
    }
    return out;
}

BlockOfLanes::BlockOfLanes(std::size_t n_channels)
    : samples_(kBlockFrames * padded_lanes(n_channels), 0.0f), flags_(samples_.size(), 0) {}

Block<unit::Microvolt> BlockOfLanes::at(const Lanes& signal_uv, const KeptSignal& kept, std::size_t first,
                                        std::size_t n_frames) noexcept {
    return fill(signal_uv, kept, n_frames, [=](std::size_t i) { return first + i; });
}

Block<unit::Microvolt> BlockOfLanes::backward(const Lanes& signal_uv, const KeptSignal& kept, std::size_t end,
                                              std::size_t n_frames) noexcept {
    return fill(signal_uv, kept, n_frames, [=](std::size_t i) { return end - 1 - i; });
}

template <class FrameAt>
Block<unit::Microvolt> BlockOfLanes::fill(const Lanes& signal_uv, const KeptSignal& kept, std::size_t n_frames,
                                          FrameAt frame_at) noexcept {
    const Block<unit::Microvolt> block{samples_.data(), flags_.data(), signal_uv.size(), n_frames};
    for (std::size_t ch = 0; ch < signal_uv.size(); ++ch) {
        const std::span<const std::uint8_t> flags = kept.flags(ch);
        for (std::size_t i = 0; i < n_frames; ++i) {
            block.frame(i)[ch] = signal_uv[ch][frame_at(i)];
            block.flags(i)[ch] = flags[frame_at(i)];
        }
    }
    return block;
}

}  // namespace tonus
