#include "engine/condition/r_peak_detector.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/butterworth.hpp"

namespace tonus {
namespace {

constexpr double kLowHz = 8.0, kHighHz = 40.0;
constexpr double kSlopeS = 0.004, kMeanS = 0.100;
constexpr double kStretchS = 0.100;      // between two looks at the noise
constexpr double kLearnS = 2.0;
constexpr double kJudgeS = 5.0;          // of usable signal, per choice of a channel
constexpr double kKurtosisMin = 6.0;     // Gaussian muscle has 3
constexpr double kKurtosisLead = 1.5;    // a new channel must be this much better
// 0.4, not the 0.3 of the domain: at 25 µV of muscle that finds 8 beats of 10 instead of 5.
constexpr double kThreshold = 0.4, kAdapt = 0.125;
constexpr double kRrMinS = 0.3, kRrMaxS = 2.0, kSilenceS = 2.5;
constexpr double kWhenDue = 0.25, kWhenNotDue = 0.6;
constexpr double kAlike = 0.1;           // intervals of one rhythm
constexpr std::size_t kAgreeMin = 7;     // of the last twenty-four
constexpr double kPhase = 0.2, kLostBeats = 6.0;
constexpr double kAroundS = 0.060;       // of a crossing, where the peak is looked for
constexpr double kKnock = 2.0;
constexpr double kRWidthS = 0.009;       // domain 11.4

/// How much later the band shows the extremum of an R wave, in frames.
std::uint64_t delay_of_r(const std::vector<Section>& sections, const Rate& rate) {
    SectionCascade<double> band{sections};
    const std::uint64_t middle = rate.frames_in(0.1);
    std::uint64_t peak = middle;
    double highest = 0.0;
    for (std::uint64_t i = 0; i < 3 * middle; ++i) {
        const double z = (rate.time_s(i) - rate.time_s(middle)) / kRWidthS;
        double x = std::exp(-0.5 * z * z);
        band.process({&x, 1});
        if (std::abs(x) > highest) {
            highest = std::abs(x);
            peak = i;
        }
    }
    return peak - std::min(peak, middle);
}

}  // namespace

RPeakDetector::RPeakDetector(const RPeakConfig& config)
    : rate_(config.rate),
      n_channels_(config.n_channels),
      band_(config.n_channels, 2),
      lanes_(padded_lanes(config.n_channels)),
      square_(config.n_channels, 0.0),
      fourth_(config.n_channels, 0.0),
      n_usable_(config.n_channels, 0),
      banded_(static_cast<std::size_t>(config.rate.frames_in(0.5)), 0.0f),
      slope_(std::max<std::size_t>(1, static_cast<std::size_t>(config.rate.frames_in(kMeanS))), 0.0f),
      slope_step_(std::max<std::uint64_t>(1, config.rate.frames_in(kSlopeS))),
      stretch_end_(config.rate.frames_in(kStretchS)),
      learnt_until_(config.rate.frames_in(kLearnS)) {
    const std::vector<Section> sections = butterworth_band_pass(2, kLowHz, kHighHz, config.rate.hz());
    for (std::size_t ch = 0; ch < n_channels_; ++ch) band_.set_channel(ch, sections);
    band_delay_ = delay_of_r(sections, config.rate);
}

std::span<const std::uint64_t> RPeakDetector::process(const Block<unit::Microvolt>& gated) noexcept {
    n_found_ = 0;
    for (std::size_t i = 0; i < gated.n_frames(); ++i) {
        std::copy_n(gated.lanes(i).begin(), lanes_.size(), lanes_.begin());
        band_.process(lanes_);
        const std::span<const std::uint8_t> flags = gated.flags(i);
        for (std::size_t ch = 0; ch < n_channels_; ++ch) {
            if (flags[ch] != 0) continue;
            const double square = static_cast<double>(lanes_[ch]) * static_cast<double>(lanes_[ch]);
            square_[ch] += square;
            fourth_[ch] += square * square;
            ++n_usable_[ch];
        }
        if (++n_stretch_ >= rate_.frames_in(kJudgeS)) judge_channels();
        take(lanes_[channel_], flags[channel_] == 0);
    }
    return {found_.data(), n_found_};
}

void RPeakDetector::skip(std::size_t n_frames) noexcept {
    n_frames_ += n_frames;
    band_.reset();
    std::fill(banded_.begin(), banded_.end(), 0.0f);
    std::fill(slope_.begin(), slope_.end(), 0.0f);
    mean_ = 0.0;
    waiting_ = any_r_ = false;
    n_intervals_ = 0;
    before_last_r_ = 0;
    rhythm_s_ = 0.0;
    learnt_until_ = n_frames_ + rate_.frames_in(kLearnS);
    signal_ = noise_ = stretch_peak_ = 0.0;
    stretch_end_ = n_frames_ + rate_.frames_in(kStretchS);
}

/// Takes the channel in which the heart stands out of the muscle most.
void RPeakDetector::judge_channels() noexcept {
    // A channel that was away for most of the time is not asked.
    const auto kurtosis = [&](std::size_t ch) {
        const bool enough = 2 * n_usable_[ch] >= n_stretch_ && square_[ch] > 0.0;
        return enough ? fourth_[ch] * static_cast<double>(n_usable_[ch]) / (square_[ch] * square_[ch]) : 0.0;
    };
    std::size_t best = 0;
    for (std::size_t ch = 1; ch < n_channels_; ++ch) {
        if (kurtosis(ch) > kurtosis(best)) best = ch;
    }
    const bool switches = best != channel_ && kurtosis(best) > kKurtosisLead * kurtosis(channel_);
    const bool found = kurtosis(switches ? best : channel_) > kKurtosisMin;
    if (switches && found) {
        channel_ = best;
        learnt_until_ = n_frames_ + rate_.frames_in(kLearnS);
        signal_ = noise_ = 0.0;
    }
    // Under a hard contraction the heart drowns; it is believed to go on until beats stop.
    if (found) has_heart_ = true;
    std::fill(square_.begin(), square_.end(), 0.0);
    std::fill(fourth_.begin(), fourth_.end(), 0.0);
    std::fill(n_usable_.begin(), n_usable_.end(), 0u);
    n_stretch_ = 0;
}

void RPeakDetector::take(float banded, bool usable) noexcept {
    const std::size_t at = static_cast<std::size_t>(n_frames_ % slope_.size());
    const float before = n_frames_ >= slope_step_ ? banded_at(n_frames_ - slope_step_) : 0.0f;
    banded_[n_frames_ % banded_.size()] = usable ? banded : 0.0f;
    const float slope = usable ? banded - before : 0.0f;
    const auto leaving = static_cast<double>(slope_[at]);
    slope_[at] = slope * slope;
    if (at == 0) {  // summed anew each round, so that no spike leaves a trace
        mean_ = 0.0;
        for (const float s : slope_) mean_ += static_cast<double>(s);
        mean_ /= static_cast<double>(slope_.size());
    } else {
        mean_ = std::max(0.0, mean_ + (static_cast<double>(slope_[at]) - leaving) / static_cast<double>(slope_.size()));
    }
    stretch_peak_ = std::max(stretch_peak_, mean_);
    if (n_frames_ < learnt_until_) learn();
    else if (waiting_) {
        crossing_peak_ = std::max(crossing_peak_, mean_);
        if (n_frames_ >= crossing_ + rate_.frames_in(kAroundS)) place_peak();
    } else {
        const bool rested = !any_r_ || n_frames_ >= last_r_ + rate_.frames_in(kRrMinS);
        // Once the rhythm is known a beat is easier to believe when it is due, and harder when not.
        const double share = rhythm_s_ == 0.0 ? kThreshold : in_rhythm(n_frames_) ? kWhenDue : kWhenNotDue;
        const bool above = signal_ > 0.0 && mean_ > noise_ + share * (signal_ - noise_);
        armed_ |= !above;
        if (rested && above && armed_) {
            armed_ = false;
            waiting_ = true;
            crossing_ = n_frames_;
            crossing_peak_ = mean_;
        } else if (n_frames_ >= stretch_end_) {
            if (rested) noise_ += kAdapt * (std::min(stretch_peak_, signal_) - noise_);
            // Nothing for long: the electrode or the person changed, and the threshold comes down.
            if (n_frames_ > std::max(last_r_, learnt_until_) + rate_.frames_in(kSilenceS)) signal_ -= kAdapt * (signal_ - noise_);
        }
    }
    if (n_frames_ >= stretch_end_) {
        stretch_peak_ = 0.0;
        stretch_end_ = n_frames_ + rate_.frames_in(kStretchS);
    }
    ++n_frames_;
}

/// At the beginning the largest stretch is taken for a beat, the smallest for none.
void RPeakDetector::learn() noexcept {
    if (n_frames_ < stretch_end_ || stretch_peak_ <= 0.0) return;
    signal_ = std::max(signal_, stretch_peak_);
    noise_ = noise_ == 0.0 ? stretch_peak_ : std::min(noise_, stretch_peak_);
}

void RPeakDetector::place_peak() noexcept {
    waiting_ = false;
    const std::uint64_t around = rate_.frames_in(kAroundS);
    std::uint64_t highest = crossing_, lowest = crossing_;
    for (std::uint64_t f = crossing_ - std::min(crossing_, around); f <= n_frames_; ++f) {
        if (banded_at(f) > banded_at(highest)) highest = f;
        if (banded_at(f) < banded_at(lowest)) lowest = f;
    }
    // The extremum of one sign, or noise would make it jump between R and S.
    const auto excess = static_cast<double>(banded_at(highest) + banded_at(lowest));
    polarity_ = any_r_ ? polarity_ + kAdapt * (excess - polarity_) : excess;
    const std::uint64_t best = polarity_ >= 0.0 ? highest : lowest;
    // A knock is no beat: what is far above the others moves the threshold no more than they do.
    signal_ += kAdapt * (std::min(crossing_peak_, kKnock * signal_) - signal_);
    const std::uint64_t r = best - std::min(best, band_delay_);
    note_interval(r);
    if (rhythm_s_ > 0.0 && has_heart_ && in_rhythm(r)) {
        last_good_ = r;
        if (n_found_ < found_.size()) found_[n_found_++] = r;
    }
    last_r_ = r;
    any_r_ = true;
}

/// Keeps the interval to the last candidate and to the one before it, which may have been false, and
/// looks for the interval that most of them agree on: the rhythm of the heart.
void RPeakDetector::note_interval(std::uint64_t r) noexcept {
    const auto keep = [&](std::uint64_t before) {
        const double s = rate_.time_s(r - std::min(r, before));
        if (s >= kRrMinS && s <= kRrMaxS) intervals_s_[n_intervals_++ % kIntervals] = s;
    };
    if (any_r_) keep(last_r_);
    if (before_last_r_ > 0) keep(before_last_r_);
    before_last_r_ = any_r_ ? last_r_ : 0;

    Agreement best;
    for (std::size_t i = 0; i < std::min(n_intervals_, kIntervals); ++i) {
        const Agreement here = agreement_on(intervals_s_[i]);
        if (here.n > best.n) best = here;
    }
    // Every second interval agrees as well as every one: the shorter is the rhythm.
    const Agreement half = agreement_on(0.5 * best.mean_s);
    if (2 * half.n >= best.n) best = half;
    const bool was_lost = rhythm_s_ > 0.0 && r > last_good_ + rate_.frames_in(kLostBeats * rhythm_s_);
    if (best.n >= kAgreeMin) {
        if (rhythm_s_ == 0.0 || was_lost) last_good_ = r;
        rhythm_s_ = best.mean_s;
    } else if (was_lost) {
        rhythm_s_ = 0.0;
    }
}

/// How many of the kept intervals are like this one, and their mean.
RPeakDetector::Agreement RPeakDetector::agreement_on(double interval_s) const noexcept {
    Agreement agreement;
    for (std::size_t j = 0; j < std::min(n_intervals_, kIntervals); ++j) {
        if (std::abs(intervals_s_[j] - interval_s) > kAlike * interval_s) continue;
        ++agreement.n;
        agreement.mean_s += (intervals_s_[j] - agreement.mean_s) / static_cast<double>(agreement.n);
    }
    return agreement;
}

/// True near a whole number of intervals after the last beat.
bool RPeakDetector::in_rhythm(std::uint64_t r) const noexcept {
    const double phase = rate_.time_s(r - std::min(r, last_good_)) / rhythm_s_;
    const double whole = std::round(phase);
    return r == last_good_ || (whole >= 1.0 && std::abs(phase - whole) <= kPhase);
}

}  // namespace tonus
