#include "engine/condition/r_peak_detector.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"

namespace tonus {
namespace {

constexpr double kLowHz = 8.0, kHighHz = 40.0;
constexpr double kAdapt = 0.125;
// A beat by its slope is easier to believe when it is due, and harder when not.
constexpr double kSlopeWhenDue = 0.25, kSlopeWhenNotDue = 0.6;

// A beat by its shape: the match is 1 at a mean beat. What it is between beats says what chance does.
constexpr double kMatchWhenDue = 0.4, kMatchWhenNotDue = 0.65;
constexpr double kChanceWhenDue = 2.5, kChanceWhenNotDue = 5.0;  // standard deviations
constexpr double kChanceMax = 0.35;      // beyond it every swing of the muscle looks like a beat
constexpr double kAheadS = 0.035;
constexpr double kNearBeatS = 0.1;
constexpr double kMatchPowerS = 2.0;
constexpr double kMatchPowerMax = 0.25;  // counted for one sample: a beat is not chance
constexpr double kQuiet = 0.15;          // chance so small that a beat would be seen
constexpr double kSilenceS = 2.5;

constexpr double kRWidthS = 0.009;  // domain 11.4

std::vector<Section> heart_band(const Rate& rate) { return butterworth_band_pass(2, kLowHz, kHighHz, rate.hz()); }

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
      band_(std::vector<std::vector<Section>>(config.n_channels, heart_band(config.rate))),
      n_ahead_(config.rate.frames_in(kAheadS)),
      lanes_(kBlockFrames * padded_lanes(config.n_channels)),
      banded_(static_cast<std::size_t>(config.rate.frames_in(0.5)), 0.0f),
      lead_(config.rate, config.n_channels),
      slope_(config.rate),
      rhythm_(config.rate),
      shape_(static_cast<std::size_t>(config.rate.frames_in(BeatShape::kHalfS))) {
    band_delay_ = delay_of_r(heart_band(config.rate), config.rate);
}

std::span<const Beat> RPeakDetector::process(const Block<unit::Microvolt>& gated) noexcept {
    n_found_ = 0;
    const std::size_t stride = gated.stride();
    band_.process({gated.lanes(0).data(), lanes_.data(), stride, gated.n_frames()});
    for (std::size_t done = 0; done < gated.n_frames();) {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(gated.n_frames() - done, lead_.frames_to_look()));
        lead_.add({lanes_.data() + done * stride, gated.flags(done).data(), stride, n});
        for (const std::size_t end = done + n; done < end; ++done) {
            // A channel whose beats are found is kept: another's would have to be learnt anew.
            const bool looks = done + 1 == end && lead_.frames_to_look() == 0;
            if (looks && lead_.look(!shape_.known())) give_up_shape();
            take(lanes_[done * stride + lead_.channel()], gated.flags(done)[lead_.channel()] == 0);
        }
    }
    return {found_.data(), n_found_};
}

void RPeakDetector::skip(std::size_t n_frames) noexcept {
    n_frames_ += n_frames;
    band_.reset();
    std::fill(banded_.begin(), banded_.end(), 0.0f);
    rhythm_.reset();
    give_up_shape();
}

void RPeakDetector::give_up_shape() noexcept {
    shape_.forget();
    match_power_ = kMatchPowerMax;  // a new shape has to show first that it is none of chance
    best_match_ = 0.0;
    any_peak_ = false;
    slope_.skip(n_frames_ - slope_.n_frames());
}

void RPeakDetector::take(float banded, bool usable) noexcept {
    const float before = n_frames_ >= slope_.step_frames() ? banded_at(n_frames_ - slope_.step_frames()) : 0.0f;
    banded_[n_frames_ % banded_.size()] = usable ? banded : 0.0f;
    const float slope = usable ? banded - before : 0.0f;
    if (shape_.known()) take_by_shape();
    else take_by_slope(slope);
    ++n_frames_;
}

void RPeakDetector::take_by_slope(float slope) noexcept {
    const double threshold = !rhythm_.known() ? QrsSlope::kThreshold : rhythm_.is_due(n_frames_) ? kSlopeWhenDue : kSlopeWhenNotDue;
    if (!slope_.take(slope, rhythm_.rested(n_frames_), threshold)) return;
    const std::uint64_t peak = peak_around(slope_.crossing());
    const std::uint64_t r = peak - std::min(peak, band_delay_);
    rhythm_.note(r);
    if (!has_heart() || !rhythm_.known() || !rhythm_.is_due(r) || peak < shape_.n_half()) return;
    tell(r, false);
    shape_.learn(banded_, peak);
    last_match_ = n_frames_;
}

/// The extremum of one sign, or noise would make it jump between R and S.
std::uint64_t RPeakDetector::peak_around(std::uint64_t crossing) noexcept {
    std::uint64_t highest = crossing, lowest = crossing;
    for (std::uint64_t f = crossing - std::min(crossing, rate_.frames_in(QrsSlope::kAroundS)); f <= n_frames_; ++f) {
        if (banded_at(f) > banded_at(highest)) highest = f;
        if (banded_at(f) < banded_at(lowest)) lowest = f;
    }
    const auto excess = static_cast<double>(banded_at(highest) + banded_at(lowest));
    polarity_ = any_peak_ ? polarity_ + kAdapt * (excess - polarity_) : excess;
    any_peak_ = true;
    return polarity_ >= 0.0 ? highest : lowest;
}

void RPeakDetector::tell(std::uint64_t r_frame, bool confirmed) noexcept {
    rhythm_.accept(r_frame);
    if (n_found_ < found_.size()) found_[n_found_++] = {r_frame, confirmed};
}

void RPeakDetector::take_by_shape() noexcept {
    const std::uint64_t centre = n_frames_ - shape_.n_half();
    const double match = shape_.match(banded_, centre);
    if (centre > last_match_ + rate_.frames_in(kNearBeatS)) {
        match_power_ += (std::min(match * match, kMatchPowerMax) - match_power_) / (kMatchPowerS * rate_.hz());
    }
    const double chance = std::sqrt(match_power_);
    const bool due = rhythm_.known() && rhythm_.is_due(centre - std::min(centre, band_delay_));
    const double needed = due ? std::max(kMatchWhenDue, kChanceWhenDue * chance) : std::max(kMatchWhenNotDue, kChanceWhenNotDue * chance);
    const bool rested = centre >= last_match_ + rate_.frames_in(HeartRhythm::kRrMinS);
    if (rested && chance < kChanceMax && match > std::max(best_match_, needed)) {
        best_match_ = match;
        best_at_ = centre;
    }
    if (best_match_ > 0.0 && centre >= best_at_ + n_ahead_) {
        best_match_ = 0.0;
        last_match_ = best_at_;
        const std::uint64_t r = best_at_ - std::min(best_at_, band_delay_);
        rhythm_.note(r);
        tell(r, true);
        if (chance < kQuiet) shape_.learn(banded_, best_at_);
    }
    if (chance < kQuiet && centre > last_match_ + rate_.frames_in(kSilenceS)) {
        give_up_shape();
        rhythm_.reset();
    }
}

}  // namespace tonus
