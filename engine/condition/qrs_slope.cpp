#include "engine/condition/qrs_slope.hpp"

#include <algorithm>

namespace tonus {
namespace {

constexpr double kStepS = 0.004, kMeanS = 0.100;
constexpr double kStretchS = 0.100;  // between two looks at the noise
constexpr double kLearnS = 2.0, kSilenceS = 2.5;
constexpr double kAdapt = 0.125;
constexpr double kKnock = 2.0;

}  // namespace

QrsSlope::QrsSlope(Rate rate)
    : rate_(rate),
      step_(std::max<std::uint64_t>(1, rate.frames_in(kStepS))),
      squared_(std::max<std::size_t>(1, static_cast<std::size_t>(rate.frames_in(kMeanS))), 0.0f),
      stretch_end_(rate.frames_in(kStretchS)),
      learnt_until_(rate.frames_in(kLearnS)) {}

void QrsSlope::skip(std::uint64_t n_frames) noexcept {
    n_frames_ += n_frames;
    std::fill(squared_.begin(), squared_.end(), 0.0f);
    mean_ = stretch_peak_ = 0.0;
    stretch_end_ = n_frames_ + rate_.frames_in(kStretchS);
    learnt_until_ = n_frames_ + rate_.frames_in(kLearnS);
    signal_ = noise_ = 0.0;
    waiting_ = false;
}

void QrsSlope::average(float squared) noexcept {
    const std::size_t at = static_cast<std::size_t>(n_frames_ % squared_.size());
    const auto leaving = static_cast<double>(squared_[at]);
    squared_[at] = squared;
    const auto n = static_cast<double>(squared_.size());
    if (at == 0) {  // summed anew each round, so that no spike leaves a trace
        mean_ = 0.0;
        for (const float s : squared_) mean_ += static_cast<double>(s) / n;
    } else {
        mean_ = std::max(0.0, mean_ + (static_cast<double>(squared) - leaving) / n);
    }
}

bool QrsSlope::take(float slope_uv, bool rested, double threshold) noexcept {
    average(slope_uv * slope_uv);
    stretch_peak_ = std::max(stretch_peak_, mean_);
    bool done = false;
    if (n_frames_ < learnt_until_) {
        learn();
    } else if (waiting_) {
        crossing_peak_ = std::max(crossing_peak_, mean_);
        done = n_frames_ >= crossing_ + rate_.frames_in(kAroundS);
        if (done) {
            waiting_ = false;
            last_crossing_ = crossing_;
            // A knock is no beat: what is far above the others moves the threshold no more than they do.
            signal_ += kAdapt * (std::min(crossing_peak_, kKnock * signal_) - signal_);
        }
    } else {
        const bool above = signal_ > 0.0 && mean_ > noise_ + threshold * (signal_ - noise_);
        armed_ |= !above;
        if (rested && above && armed_) {
            armed_ = false;
            waiting_ = true;
            crossing_ = n_frames_;
            crossing_peak_ = mean_;
        } else if (n_frames_ >= stretch_end_) {
            if (rested) noise_ += kAdapt * (std::min(stretch_peak_, signal_) - noise_);
            // Nothing for long: the electrode or the person changed, and the threshold comes down.
            if (n_frames_ > std::max(last_crossing_, learnt_until_) + rate_.frames_in(kSilenceS)) signal_ -= kAdapt * (signal_ - noise_);
        }
    }
    if (n_frames_ >= stretch_end_) {
        stretch_peak_ = 0.0;
        stretch_end_ = n_frames_ + rate_.frames_in(kStretchS);
    }
    ++n_frames_;
    return done;
}

/// At the beginning the largest stretch is taken for a beat, the smallest for none.
void QrsSlope::learn() noexcept {
    if (n_frames_ < stretch_end_ || stretch_peak_ <= 0.0) return;
    signal_ = std::max(signal_, stretch_peak_);
    noise_ = noise_ == 0.0 ? stretch_peak_ : std::min(noise_, stretch_peak_);
}

}  // namespace tonus
