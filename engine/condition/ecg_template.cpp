#include "engine/condition/ecg_template.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr double kHalfS = 0.090, kQrsS = 0.055, kShiftS = 0.005;
constexpr double kCorrelationMin = 0.6;
constexpr double kMuscleMax = 3.0;       // RMS outside the QRS over that of the template
constexpr double kQuiet = 0.5;           // a share of the template's power: a true beat would correlate with 0.8
constexpr double kForget = 1.0 / 32.0;
constexpr double kGainMin = 0.5, kGainMax = 1.5;
// What is known of a beat before it is looked at: the detector's error, and how beats differ in size
// (domain 11.4: 5 %, and 10 % with the breath).
constexpr double kShiftSdS = 0.0015, kGainSd = 0.15;
constexpr double kColour = 3.0;          // samples of EMG at 1 kHz per independent one: fs / 2 B_s
constexpr int kRelearnAfter = 8;
constexpr std::size_t kWaitingMax = 4;

}  // namespace

EcgTemplate::EcgTemplate(const EcgTemplateConfig& config)
    : rate_(config.rate),
      n_channels_(config.n_channels),
      n_delay_(static_cast<std::size_t>(config.rate.frames_in(kDelayS))),
      n_half_(static_cast<std::size_t>(config.rate.frames_in(kHalfS))),
      n_qrs_(static_cast<std::size_t>(config.rate.frames_in(kQrsS))),
      n_shift_(static_cast<std::size_t>(config.rate.frames_in(kShiftS))),
      n_ring_(n_delay_ + 2 * kBlockFrames),
      samples_(n_ring_ * n_channels_, 0.0f),
      flags_(n_ring_ * n_channels_, sample_flag::settling),
      template_(n_channels_ * (2 * n_half_ + 1), 0.0f),
      n_beats_(n_channels_, 0),
      n_rejected_(n_channels_, 0),
      waiting_(kWaitingMax) {}

void EcgTemplate::beat(const Beat& beat) noexcept {
    if (n_waiting_ < kWaitingMax) waiting_[n_waiting_++] = beat;
}

void EcgTemplate::restart(std::uint64_t n_frames) noexcept {
    n_frames_ += n_frames;
    n_waiting_ = 0;
    std::fill(samples_.begin(), samples_.end(), 0.0f);
    std::fill(flags_.begin(), flags_.end(), sample_flag::settling);
}

void EcgTemplate::process(Block<unit::Microvolt> block) noexcept {
    for (std::size_t i = 0; i < block.n_frames(); ++i) {
        const std::span<float> frame = block.frame(i);
        const std::span<std::uint8_t> flags = block.flags(i);
        const std::size_t at = static_cast<std::size_t>(n_frames_ % n_ring_) * n_channels_;
        std::copy(frame.begin(), frame.end(), samples_.begin() + static_cast<std::ptrdiff_t>(at));
        std::copy(flags.begin(), flags.end(), flags_.begin() + static_cast<std::ptrdiff_t>(at));
        // A beat is taken at the frame that completes it, whatever the cut of the blocks.
        while (n_waiting_ > 0 && n_frames_ >= waiting_[0].r_frame + n_half_ + n_shift_) {
            finish_beat(waiting_[0]);
            std::copy(waiting_.begin() + 1, waiting_.end(), waiting_.begin());
            --n_waiting_;
        }
        const std::size_t out = static_cast<std::size_t>((n_frames_ + n_ring_ - n_delay_) % n_ring_) * n_channels_;
        std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(out), n_channels_, frame.begin());
        std::copy_n(flags_.begin() + static_cast<std::ptrdiff_t>(out), n_channels_, flags.begin());
        ++n_frames_;
    }
}

void EcgTemplate::finish_beat(const Beat& beat) noexcept {
    // Part of it has left already: a beat that became known too late.
    if (n_frames_ > beat.r_frame + n_delay_ - n_half_ - n_shift_ || beat.r_frame < n_half_ + n_shift_) return;
    for (std::size_t ch = 0; ch < n_channels_; ++ch) finish_channel(ch, beat);
}

/// How the stretch that begins at `first` goes with the template; sums over [from, to).
EcgTemplate::Fit EcgTemplate::fit(std::size_t channel, std::uint64_t first, std::size_t from, std::size_t to) const noexcept {
    const float* const t = template_.data() + channel * (2 * n_half_ + 1);
    Fit sums;
    for (std::size_t i = from; i < to; ++i) {
        const auto s = static_cast<double>(sample(first + i, channel)), m = static_cast<double>(t[i]);
        sums.st += s * m;
        sums.ss += s * s;
        sums.tt += m * m;
    }
    return sums;
}

/// The most likely shift and size of a beat, given the muscle around it: where that is loud, chance
/// would shift a beat by milliseconds, and the detector knew better.
EcgTemplate::Placed EcgTemplate::place(std::size_t channel, std::uint64_t centred) const noexcept {
    const std::size_t n = 2 * n_half_ + 1;
    const Fit whole = fit(channel, centred, 0, n), qrs = fit(channel, centred, n_half_ - n_qrs_, n_half_ + n_qrs_ + 1);
    const double muscle_uv2 = std::max((whole.ss - qrs.ss) / static_cast<double>(n - 2 * n_qrs_ - 1), 1e-6);
    const double noise_uv2 = kColour * muscle_uv2;
    Placed placed{.first = centred, .muscle_uv2 = muscle_uv2};
    double best = -1e300;
    for (std::uint64_t first = centred - n_shift_; first <= centred + n_shift_; ++first) {
        const double shift_s = rate_.time_s(std::max(first, centred) - std::min(first, centred));
        const double score = fit(channel, first, 0, n).st / noise_uv2 - 0.5 * (shift_s / kShiftSdS) * (shift_s / kShiftSdS);
        if (score > best) {
            best = score;
            placed.first = first;
        }
    }
    const Fit there = fit(channel, placed.first, 0, n);
    placed.correlation = there.ss > 0.0 && there.tt > 0.0 ? there.st / std::sqrt(there.ss * there.tt) : 0.0;
    placed.template_uv2 = there.tt / static_cast<double>(n);
    const auto gain = [&](std::size_t from, std::size_t to) {
        const Fit part = fit(channel, placed.first, from, to);
        const double prior = noise_uv2 / (kGainSd * kGainSd);
        return part.tt > 0.0 ? std::clamp((part.st + prior) / (part.tt + prior), kGainMin, kGainMax) : 0.0;
    };
    placed.gain = {gain(0, n_half_ - n_qrs_), gain(n_half_ - n_qrs_, n_half_ + n_qrs_ + 1), gain(n_half_ + n_qrs_ + 1, n)};
    return placed;
}

void EcgTemplate::finish_channel(std::size_t channel, const Beat& beat) noexcept {
    const std::size_t n = 2 * n_half_ + 1;
    float* const t = template_.data() + channel * n;
    const std::uint64_t centred = beat.r_frame - n_half_;
    for (std::size_t i = 0; i < n; ++i) {
        if (flags_[((centred + i) % n_ring_) * n_channels_ + channel] != 0) return;
    }
    const bool is_known = n_beats_[channel] >= kBeatsMin;
    const Placed placed = is_known ? place(channel, centred) : Placed{.first = centred};
    const bool resembles = !is_known || placed.correlation >= kCorrelationMin;
    const bool loud = is_known && placed.muscle_uv2 > kMuscleMax * kMuscleMax * placed.template_uv2;
    const bool learns = resembles && !loud;
    const double forget = std::max(1.0 / (n_beats_[channel] + 1), kForget);
    for (std::size_t i = 0; i < n; ++i) {
        float& s = sample(placed.first + i, channel);
        const auto seen = static_cast<double>(s), m = static_cast<double>(t[i]);
        const std::size_t part = i < n_half_ - n_qrs_ ? 0 : i <= n_half_ + n_qrs_ ? 1 : 2;
        if (is_known && beat.confirmed) s = static_cast<float>(seen - placed.gain[part] * m);
        if (learns) t[i] = static_cast<float>(m + forget * (seen - m));
    }
    n_beats_[channel] += learns ? 1 : 0;
    // With as much muscle as heart no beat resembles the template, and that says nothing about it.
    const bool quiet = placed.muscle_uv2 < kQuiet * placed.template_uv2;
    if (resembles) n_rejected_[channel] = 0;
    else if (quiet && ++n_rejected_[channel] >= kRelearnAfter) n_beats_[channel] = n_rejected_[channel] = 0;
}

}  // namespace tonus
