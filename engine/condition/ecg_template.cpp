#include "engine/condition/ecg_template.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/stretch_sums.hpp"

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
      lanes_(padded_lanes(n_channels_)),
      samples_(n_ring_ * lanes_, 0.0f),
      flags_(n_ring_ * lanes_, sample_flag::settling),
      template_(n_channels_ * (2 * n_half_ + 1), 0.0f),
      stretch_(2 * (n_half_ + n_shift_) + 1, 0.0f),
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
    each_run(n_frames_, block.n_frames(), [&](std::size_t done, std::size_t at, std::size_t n) {
        std::copy_n(block.lanes(done).data(), n * lanes_, samples_.begin() + static_cast<std::ptrdiff_t>(at * lanes_));
        std::copy_n(block.flags(done).data(), n * lanes_, flags_.begin() + static_cast<std::ptrdiff_t>(at * lanes_));
    });
    for (std::size_t done = 0; done < block.n_frames();) {
        // A beat is taken at the frame that completes it, whatever the cut of the blocks.
        while (n_waiting_ > 0 && n_frames_ >= completed_at(waiting_[0])) {
            finish_beat(waiting_[0]);
            std::copy(waiting_.begin() + 1, waiting_.end(), waiting_.begin());
            --n_waiting_;
        }
        std::size_t n = block.n_frames() - done;
        if (n_waiting_ > 0) n = static_cast<std::size_t>(std::min<std::uint64_t>(n, completed_at(waiting_[0]) - n_frames_));
        give(block.from(done).first(n));
        done += n;
        n_frames_ += n;
    }
}

/// The frames of 200 ms before these.
void EcgTemplate::give(Block<unit::Microvolt> block) const noexcept {
    each_run(n_frames_ + n_ring_ - n_delay_, block.n_frames(), [&](std::size_t done, std::size_t at, std::size_t n) {
        std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(at * lanes_), n * lanes_, block.lanes(done).data());
        std::copy_n(flags_.begin() + static_cast<std::ptrdiff_t>(at * lanes_), n * lanes_, block.flags(done).data());
    });
}

/// Calls back for what lies in one piece: (frames before it, where it begins in the ring, how many).
template <class Take>
void EcgTemplate::each_run(std::uint64_t first, std::size_t n_frames, Take take) const noexcept {
    const auto at = static_cast<std::size_t>(first % n_ring_);
    const std::size_t n_to_end = std::min(n_frames, n_ring_ - at);
    take(std::size_t{0}, at, n_to_end);
    if (n_to_end < n_frames) take(n_to_end, std::size_t{0}, n_frames - n_to_end);
}

void EcgTemplate::finish_beat(const Beat& beat) noexcept {
    // Part of it has left already: a beat that became known too late.
    if (n_frames_ > beat.r_frame + n_delay_ - n_half_ - n_shift_ || beat.r_frame < n_half_ + n_shift_) return;
    for (std::size_t ch = 0; ch < n_channels_; ++ch) finish_channel(ch, beat);
}

/// How the stretch that is shifted by so much goes with the template: before the QRS, in it, after it.
EcgTemplate::Fit EcgTemplate::fit(std::size_t channel, std::size_t shift) const noexcept {
    const float* const s = stretch_.data() + shift;
    const float* const t = template_.data() + channel * (2 * n_half_ + 1);
    const std::size_t n_outside = n_half_ - n_qrs_, n_inside = 2 * n_qrs_ + 1, after = n_outside + n_inside;
    return {stretch_sums(s, t, n_outside), stretch_sums(s + n_outside, t + n_outside, n_inside), stretch_sums(s + after, t + after, n_outside)};
}

/// The most likely shift and size of a beat, given the muscle around it: where that is loud, chance
/// would shift a beat by milliseconds, and the detector knew better.
EcgTemplate::Placed EcgTemplate::place(std::size_t channel) const noexcept {
    const std::size_t n = 2 * n_half_ + 1;
    const Fit centred = fit(channel, n_shift_);
    const double muscle_uv2 = std::max((centred[0].a_square + centred[2].a_square) / static_cast<double>(n - 2 * n_qrs_ - 1), 1e-6);
    const double noise_uv2 = kColour * muscle_uv2;
    Placed placed{.shift = n_shift_, .muscle_uv2 = muscle_uv2};
    double best = -1e300;
    for (std::size_t shift = 0; shift <= 2 * n_shift_; ++shift) {
        const double shift_s = rate_.time_s(std::max(shift, n_shift_) - std::min(shift, n_shift_));
        const double product = sum_of_products(stretch_.data() + shift, template_.data() + channel * n, n);
        const double score = product / noise_uv2 - 0.5 * (shift_s / kShiftSdS) * (shift_s / kShiftSdS);
        if (score > best) {
            best = score;
            placed.shift = shift;
        }
    }
    const Fit there = fit(channel, placed.shift);
    double product = 0.0, square = 0.0, template_square = 0.0;
    for (std::size_t part = 0; part < there.size(); ++part) {
        product += there[part].product;
        square += there[part].a_square;
        template_square += there[part].b_square;
        const double prior = noise_uv2 / (kGainSd * kGainSd);
        const double gain = (there[part].product + prior) / (there[part].b_square + prior);
        placed.gain[part] = there[part].b_square > 0.0 ? static_cast<float>(std::clamp(gain, kGainMin, kGainMax)) : 0.0f;
    }
    placed.correlation = square > 0.0 && template_square > 0.0 ? product / std::sqrt(square * template_square) : 0.0;
    placed.template_uv2 = template_square / static_cast<double>(n);
    return placed;
}

/// Lays the channel's samples side by side, with as many more as a beat may be shifted by. False when one of
/// the beat itself is flagged.
bool EcgTemplate::gather(std::size_t channel, std::uint64_t first) noexcept {
    std::uint8_t any = 0;
    each_run(first, stretch_.size(), [&](std::size_t done, std::size_t at, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i) {
            stretch_[done + i] = samples_[(at + i) * lanes_ + channel];
            const bool counts = done + i >= n_shift_ && done + i < stretch_.size() - n_shift_;
            any = static_cast<std::uint8_t>(any | (counts ? flags_[(at + i) * lanes_ + channel] : 0));
        }
    });
    return any == 0;
}

void EcgTemplate::finish_channel(std::size_t channel, const Beat& beat) noexcept {
    const std::size_t n = 2 * n_half_ + 1;
    float* const t = template_.data() + channel * n;
    const std::uint64_t first = beat.r_frame - n_half_ - n_shift_;
    if (!gather(channel, first)) return;
    const bool is_known = n_beats_[channel] >= kBeatsMin;
    const Placed placed = is_known ? place(channel) : Placed{.shift = n_shift_};
    const bool resembles = !is_known || placed.correlation >= kCorrelationMin;
    const bool loud = is_known && placed.muscle_uv2 > kMuscleMax * kMuscleMax * placed.template_uv2;
    const bool learns = resembles && !loud;
    const auto forget = static_cast<float>(std::max(1.0 / (n_beats_[channel] + 1), kForget));
    if (is_known && beat.confirmed) subtract(channel, first, placed);
    const float* const seen = stretch_.data() + placed.shift;
    for (std::size_t i = 0; learns && i < n; ++i) t[i] += forget * (seen[i] - t[i]);
    n_beats_[channel] += learns ? 1 : 0;
    // With as much muscle as heart no beat resembles the template, and that says nothing about it.
    const bool quiet = placed.muscle_uv2 < kQuiet * placed.template_uv2;
    if (resembles) n_rejected_[channel] = 0;
    else if (quiet && ++n_rejected_[channel] >= kRelearnAfter) n_beats_[channel] = n_rejected_[channel] = 0;
}

void EcgTemplate::subtract(std::size_t channel, std::uint64_t first, const Placed& placed) noexcept {
    const std::size_t n = 2 * n_half_ + 1;
    const float* const t = template_.data() + channel * n;
    each_run(first + placed.shift, n, [&](std::size_t done, std::size_t at, std::size_t n_run) {
        for (std::size_t i = 0; i < n_run; ++i) {
            const std::size_t k = done + i;
            const std::size_t part = k < n_half_ - n_qrs_ ? 0 : k <= n_half_ + n_qrs_ ? 1 : 2;
            samples_[(at + i) * lanes_ + channel] -= placed.gain[part] * t[k];
        }
    });
}

}  // namespace tonus
