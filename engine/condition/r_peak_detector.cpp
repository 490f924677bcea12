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
constexpr double kEven = 0.2;            // of the median interval
constexpr std::size_t kEvenMin = 6;      // of the last eight
constexpr double kAroundS = 0.060;       // of a crossing, where the peak is looked for
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
        }
        ++n_usable_;
        if (n_usable_ >= rate_.frames_in(kJudgeS)) judge_channels();
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
    n_rr_ = 0;
    learnt_until_ = n_frames_ + rate_.frames_in(kLearnS);
    signal_ = noise_ = stretch_peak_ = 0.0;
    stretch_end_ = n_frames_ + rate_.frames_in(kStretchS);
}

/// Takes the channel in which the heart stands out of the muscle most.
void RPeakDetector::judge_channels() noexcept {
    const auto n = static_cast<double>(n_usable_);
    const auto kurtosis = [&](std::size_t ch) {
        return square_[ch] > 0.0 ? fourth_[ch] * n / (square_[ch] * square_[ch]) : 0.0;
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
    n_usable_ = 0;
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
        const bool above = signal_ > 0.0 && mean_ > noise_ + kThreshold * (signal_ - noise_);
        armed_ |= !above;
        if (rested && above && armed_) {
            armed_ = false;
            waiting_ = true;
            crossing_ = n_frames_;
            crossing_peak_ = mean_;
        } else if (n_frames_ >= stretch_end_) {
            if (rested) noise_ += kAdapt * (std::min(stretch_peak_, signal_) - noise_);
            // Nothing for long: the electrode or the person changed, and the threshold comes down.
            if (any_r_ && n_frames_ > last_r_ + rate_.frames_in(kSilenceS)) signal_ -= kAdapt * (signal_ - noise_);
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
    signal_ += kAdapt * (crossing_peak_ - signal_);
    const std::uint64_t r = best - std::min(best, band_delay_);
    if (any_r_) {
        rr_s_ = rate_.time_s(r - std::min(r, last_r_));
        recent_rr_s_[n_rr_++ % recent_rr_s_.size()] = rr_s_;
    }
    last_r_ = r;
    any_r_ = true;
    if (has_heart_ && is_regular() && n_found_ < found_.size()) found_[n_found_++] = r;
}

/// A heart beats evenly; bursts of a muscle do not. An early beat now and then is forgiven.
bool RPeakDetector::is_regular() const noexcept {
    if (n_rr_ < recent_rr_s_.size()) return false;
    std::array<double, kRecent> sorted = recent_rr_s_;
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted[kRecent / 2];
    std::size_t n_even = 0;
    for (const double rr : sorted) n_even += std::abs(rr - median) <= kEven * median ? 1u : 0u;
    return n_even >= kEvenMin && median <= kRrMaxS;
}

}  // namespace tonus
