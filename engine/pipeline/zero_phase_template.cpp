#include "engine/pipeline/zero_phase_template.hpp"

#include <algorithm>

#include "engine/condition/centred_template.hpp"
#include "engine/condition/r_peak_detector.hpp"
#include "engine/condition/zero_phase.hpp"

namespace tonus {
namespace {

constexpr double kLeadInS = 60.0;  // from which the detector, looking backward, learns rhythm and shape
constexpr double kRrMinS = 0.3;

/// The beats of a stretch from its beginning on, counted from there.
std::vector<std::size_t> beats_forward(const KeptSignal& kept, const KeptSignal::Stretch& stretch) {
    RPeakDetector detector{{.rate = kept.rate(), .n_channels = kept.n_channels()}};
    BlockOfLanes block{kept.n_channels()};
    std::vector<std::size_t> beats;
    for (std::size_t done = 0; done < stretch.n_frames; done += kBlockFrames) {
        const std::size_t n = std::min(kBlockFrames, stretch.n_frames - done);
        for (const Beat& beat : detector.process(block.at(kept.gated_uv(), kept, stretch.first + done, n))) {
            if (beat.confirmed) beats.push_back(static_cast<std::size_t>(beat.r_frame));
        }
    }
    return beats;
}

/// The beats of the first `n_frames` of a stretch, found from their end on; the earliest first.
std::vector<std::size_t> beats_backward(const KeptSignal& kept, const KeptSignal::Stretch& stretch, std::size_t n_frames) {
    RPeakDetector detector{{.rate = kept.rate(), .n_channels = kept.n_channels()}};
    BlockOfLanes block{kept.n_channels()};
    std::vector<std::size_t> beats;
    for (std::size_t done = 0; done < n_frames; done += kBlockFrames) {
        const std::size_t n = std::min(kBlockFrames, n_frames - done);
        for (const Beat& beat : detector.process(block.backward(kept.gated_uv(), kept, stretch.first + n_frames - done, n))) {
            if (beat.confirmed) beats.push_back(n_frames - 1 - static_cast<std::size_t>(beat.r_frame));
        }
    }
    std::reverse(beats.begin(), beats.end());
    return beats;
}

}  // namespace

std::vector<std::size_t> find_beats(const KeptSignal& kept) {
    std::vector<std::size_t> all;
    for (const KeptSignal::Stretch& stretch : kept.stretches()) {
        const std::vector<std::size_t> known = beats_forward(kept, stretch);
        const std::size_t first = known.empty() ? stretch.n_frames : known[0];
        const std::size_t n_lead_in = std::min(stretch.n_frames, first + kept.rate().frames_in(kLeadInS));
        for (const std::size_t r : beats_backward(kept, stretch, n_lead_in)) {
            if (r + kept.rate().frames_in(kRrMinS) < first) all.push_back(stretch.first + r);
        }
        for (const std::size_t r : known) all.push_back(stretch.first + r);
    }
    return all;
}

ZeroPhaseTemplate::ZeroPhaseTemplate(const Rate& rate, std::size_t n_channels, double mains_hz, double window_s)
    : sections_(channel_sections(Profile::general, {.rate = rate, .mains_hz = mains_hz}, kTwoPasses)),
      n_pad_(zero_phase_padding(Profile::general, rate.hz())),
      envelope_(rate, {.n_channels = n_channels, .window_s = window_s}) {}

void ZeroPhaseTemplate::condition(const KeptSignal& kept, const ZeroPhaseMains& mains) {
    for (std::size_t ch = 0; ch < kept.n_channels(); ++ch) {
        signal_uv_.push_back(filtered(kept, kept.gated_uv()[ch], ch, sections_, n_pad_));
    }
    mains.take_off(kept, signal_uv_);
    const std::vector<std::size_t> beats = find_beats(kept);
    for (std::size_t ch = 0; ch < kept.n_channels(); ++ch) subtract_heart(signal_uv_[ch], kept.flags(ch), beats, kept.rate());
}

void ZeroPhaseTemplate::next(const KeptSignal& kept, std::span<ChannelResult> channels) noexcept {
    const std::optional<Tick<unit::Microvolt>> envelope = envelope_.next(kept, signal_uv_);
    if (!envelope) return;
    for (std::size_t ch = 0; ch < channels.size(); ++ch) {
        channels[ch].template_uv = envelope->value[ch];
        channels[ch].template_status = envelope->status[ch];
    }
}

}  // namespace tonus
