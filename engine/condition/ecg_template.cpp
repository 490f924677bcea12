#include "engine/condition/ecg_template.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

constexpr double kHalfS = 0.090, kQrsS = 0.055, kShiftS = 0.005;
constexpr double kCorrelationMin = 0.6;
constexpr double kMuscleMax = 3.0;       // RMS outside the QRS over that of the template
constexpr double kForget = 1.0 / 32.0;
constexpr double kGainMin = 0.5, kGainMax = 1.5;
constexpr int kRelearnAfter = 8;
constexpr std::size_t kWaitingMax = 4;

}  // namespace

EcgTemplate::EcgTemplate(const EcgTemplateConfig& config)
    : n_channels_(config.n_channels),
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
      waiting_(kWaitingMax, 0) {}

void EcgTemplate::beat(std::uint64_t r_frame) noexcept {
    if (n_waiting_ < kWaitingMax) waiting_[n_waiting_++] = r_frame;
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
        while (n_waiting_ > 0 && n_frames_ >= waiting_[0] + n_half_ + n_shift_) {
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

void EcgTemplate::finish_beat(std::uint64_t r_frame) noexcept {
    // Part of it has left already: a beat that became known too late.
    if (n_frames_ > r_frame + n_delay_ - n_half_ - n_shift_ || r_frame < n_half_ + n_shift_) return;
    for (std::size_t ch = 0; ch < n_channels_; ++ch) finish_channel(ch, r_frame);
}

/// Of the stretch that begins at `first` with the template.
double EcgTemplate::correlation(std::size_t channel, std::uint64_t first) noexcept {
    const float* const t = template_.data() + channel * (2 * n_half_ + 1);
    double st = 0.0, ss = 0.0, tt = 0.0;
    for (std::size_t i = 0; i <= 2 * n_half_; ++i) {
        const auto s = static_cast<double>(sample(first + i, channel)), m = static_cast<double>(t[i]);
        st += s * m;
        ss += s * s;
        tt += m * m;
    }
    return ss > 0.0 && tt > 0.0 ? st / std::sqrt(ss * tt) : 0.0;
}

/// <s,T> / <T,T> over a part of the template, kept within reason.
double EcgTemplate::gain(std::size_t channel, std::uint64_t first, std::size_t from, std::size_t to) noexcept {
    const float* const t = template_.data() + channel * (2 * n_half_ + 1);
    double st = 0.0, tt = 0.0;
    for (std::size_t i = from; i < to; ++i) {
        st += static_cast<double>(sample(first + i, channel)) * static_cast<double>(t[i]);
        tt += static_cast<double>(t[i]) * static_cast<double>(t[i]);
    }
    return tt > 0.0 ? std::clamp(st / tt, kGainMin, kGainMax) : 0.0;
}

void EcgTemplate::finish_channel(std::size_t channel, std::uint64_t r_frame) noexcept {
    const std::size_t n = 2 * n_half_ + 1;
    float* const t = template_.data() + channel * n;
    const std::uint64_t centred = r_frame - n_half_;
    for (std::size_t i = 0; i < n; ++i) {
        if (flags_[((centred + i) % n_ring_) * n_channels_ + channel] != 0) return;
    }

    std::uint64_t first = centred;
    if (n_beats_[channel] >= kBeatsMin) {
        double best = -1.0;
        for (std::uint64_t f = centred - n_shift_; f <= centred + n_shift_; ++f) {
            const double c = correlation(channel, f);
            if (c > best) {
                best = c;
                first = f;
            }
        }
        double outside = 0.0, of_template = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            const auto s = static_cast<double>(sample(first + i, channel));
            const bool in_qrs = i + n_qrs_ >= n_half_ && i <= n_half_ + n_qrs_;
            if (!in_qrs) outside += s * s / static_cast<double>(n - 2 * n_qrs_ - 1);
            of_template += static_cast<double>(t[i]) * static_cast<double>(t[i]) / static_cast<double>(n);
        }
        const bool loud = outside > kMuscleMax * kMuscleMax * of_template;
        if (best < kCorrelationMin) {
            // Under a loud muscle no beat resembles the template, and that says nothing about it.
            n_rejected_[channel] += loud ? 0 : 1;
            if (n_rejected_[channel] >= kRelearnAfter) n_beats_[channel] = n_rejected_[channel] = 0;
        } else {
            n_rejected_[channel] = 0;
        }
        const double q = gain(channel, first, n_half_ - n_qrs_, n_half_ + n_qrs_ + 1);
        const double left = gain(channel, first, 0, n_half_ - n_qrs_), right = gain(channel, first, n_half_ + n_qrs_ + 1, n);
        const bool update = best >= kCorrelationMin && !loud;
        const double forget = std::max(1.0 / (n_beats_[channel] + 1), kForget);
        for (std::size_t i = 0; i < n; ++i) {
            float& s = sample(first + i, channel);
            const double beat = static_cast<double>(s), m = static_cast<double>(t[i]);
            const double g = i < n_half_ - n_qrs_ ? left : i <= n_half_ + n_qrs_ ? q : right;
            s = static_cast<float>(beat - g * m);
            if (update) t[i] = static_cast<float>(m + forget * (beat - m));
        }
        n_beats_[channel] += update ? 1 : 0;
        return;
    }
    const double forget = 1.0 / (n_beats_[channel] + 1);
    for (std::size_t i = 0; i < n; ++i) {
        const auto m = static_cast<double>(t[i]);
        t[i] = static_cast<float>(m + forget * (static_cast<double>(sample(first + i, channel)) - m));
    }
    ++n_beats_[channel];
}

}  // namespace tonus
