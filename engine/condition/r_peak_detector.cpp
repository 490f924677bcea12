#include "engine/condition/r_peak_detector.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/section_cascade.hpp"

namespace tonus {
namespace {

constexpr double kLowHz = 8.0, kHighHz = 40.0;
constexpr double kTakenHz = 500.0;
constexpr double kAdapt = 0.125;
// A beat by its slope is easier to believe when it is due, and harder when not.
constexpr double kSlopeWhenDue = 0.25, kSlopeWhenNotDue = 0.6;

// A beat by its shape: the match is 1 at a mean beat. What it is between beats says what chance does.
constexpr double kMatchWhenDue = 0.4, kMatchWhenNotDue = 0.65;
constexpr double kChanceWhenDue = 2.5, kChanceWhenNotDue = 5.0;  // standard deviations
constexpr double kChanceMax = 0.35;      // beyond it every swing of the muscle looks like a beat
constexpr double kAheadS = 0.026;
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

std::uint64_t step_of(const Rate& rate) { return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rate.hz() / kTakenHz + 0.5)); }

}  // namespace

RPeakDetector::RPeakDetector(const RPeakConfig& config)
    : n_step_(step_of(config.rate)),
      rate_{config.rate.num, config.rate.den * n_step_},
      band_(std::vector<std::vector<Section>>(config.n_channels, heart_band(config.rate))),
      band_delay_(delay_of_r(heart_band(config.rate), config.rate)),
      n_ahead_(rate_.frames_in(kAheadS)),
      lanes_(kBlockFrames * padded_lanes(config.n_channels)),
      banded_(static_cast<std::size_t>(rate_.frames_in(0.5)), 0.0f),
      lead_(rate_, config.n_channels),
      slope_(rate_),
      rhythm_(config.rate),
      shape_(static_cast<std::size_t>(rate_.frames_in(BeatShape::kHalfS))) {}

std::span<const Beat> RPeakDetector::process(const Block<unit::Microvolt>& gated) noexcept {
    n_found_ = 0;
    for (std::size_t done = 0; done < gated.n_frames();) done += run(gated.from(done));
    return {found_.data(), n_found_};
}

/// As far as the filters may run: they begin anew where a shape is lost. Returns how many frames that was.
std::size_t RPeakDetector::run(const Block<unit::Microvolt>& gated) noexcept {
    const std::size_t stride = gated.stride();
    const LaneFrames<float> frames{gated.lanes(0).data(), lanes_.data(), stride, gated.n_frames()};
    if (shape_.known()) band_.process_group_of(lead_.channel(), frames);
    else band_.process(frames);
    for (std::uint64_t i = n_taken_ * n_step_ - n_frames_; i < gated.n_frames(); i += n_step_) {
        const bool knew = shape_.known();
        take(lanes_.data() + i * stride, gated.flags(i).data());
        if (knew && !shape_.known()) {
            search_anew();
            n_frames_ += i + 1;
            return i + 1;
        }
    }
    n_frames_ += gated.n_frames();
    return gated.n_frames();
}

void RPeakDetector::skip(std::size_t n_frames) noexcept {
    n_frames_ += n_frames;
    n_taken_ = (n_frames_ + n_step_ - 1) / n_step_;
    std::fill(banded_.begin(), banded_.end(), 0.0f);
    rhythm_.reset();
    give_up_shape();
    search_anew();
}

/// On all channels.
void RPeakDetector::search_anew() noexcept {
    band_.reset();
    lead_.restart();
    slope_.skip(n_taken_ - slope_.n_frames());
}

void RPeakDetector::give_up_shape() noexcept {
    shape_.forget();
    match_power_ = kMatchPowerMax;  // a new shape has to show first that it is none of chance
    best_match_ = match_before_ = 0.0;
    any_peak_ = false;
    slope_.skip(n_taken_ - slope_.n_frames());
}

void RPeakDetector::take(const float* banded, const std::uint8_t* flags) noexcept {
    if (!shape_.known()) {
        // A channel whose beats are found is kept: another's would have to be learnt anew.
        lead_.add(banded, flags);
        if (lead_.is_due() && lead_.look()) give_up_shape();
    }
    const bool usable = flags[lead_.channel()] == 0;
    const float x = banded[lead_.channel()];
    const float before = n_taken_ >= slope_.step_frames() ? banded_at(n_taken_ - slope_.step_frames()) : 0.0f;
    banded_[n_taken_ % banded_.size()] = usable ? x : 0.0f;
    if (shape_.known()) take_by_shape();
    else take_by_slope(usable ? x - before : 0.0f);
    ++n_taken_;
}

/// Of an extremum at a sample, given what stands there and beside it.
std::uint64_t RPeakDetector::frame_of_r(std::uint64_t at, double before, double there, double after) const noexcept {
    const double bend = before - 2.0 * there + after;
    const double aside = bend != 0.0 ? std::clamp(0.5 * (before - after) / bend, -0.5, 0.5) : 0.0;
    const auto frame = static_cast<std::uint64_t>(std::max(0.0, (static_cast<double>(at) + aside) * static_cast<double>(n_step_) + 0.5));
    return frame - std::min(frame, band_delay_);
}

void RPeakDetector::take_by_slope(float slope) noexcept {
    const std::uint64_t now = n_taken_ * n_step_;
    const double threshold = !rhythm_.known() ? QrsSlope::kThreshold : rhythm_.is_due(now) ? kSlopeWhenDue : kSlopeWhenNotDue;
    if (!slope_.take(slope, rhythm_.rested(now), threshold)) return;
    const std::uint64_t peak = peak_around(slope_.crossing());
    const auto beside = [&](std::uint64_t at) { return static_cast<double>(banded_at(at)); };
    const bool at_edge = peak == 0 || peak == n_taken_;
    const std::uint64_t r = at_edge ? frame_of_r(peak, 0.0, 0.0, 0.0) : frame_of_r(peak, beside(peak - 1), beside(peak), beside(peak + 1));
    rhythm_.note(r);
    if (!has_heart() || !rhythm_.known() || !rhythm_.is_due(r) || peak < shape_.n_half()) return;
    tell(r, false);
    shape_.learn(banded_, peak);
    last_match_ = n_taken_;
}

/// The extremum of one sign, or noise would make it jump between R and S.
std::uint64_t RPeakDetector::peak_around(std::uint64_t crossing) noexcept {
    std::uint64_t highest = crossing, lowest = crossing;
    for (std::uint64_t f = crossing - std::min(crossing, rate_.frames_in(QrsSlope::kAroundS)); f <= n_taken_; ++f) {
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
    const std::uint64_t centre = n_taken_ - shape_.n_half();
    const double match = shape_.match(banded_, centre);
    if (centre > last_match_ + rate_.frames_in(kNearBeatS)) {
        match_power_ += (std::min(match * match, kMatchPowerMax) - match_power_) / (kMatchPowerS * rate_.hz());
    }
    look_at_match(match, centre);
    match_before_ = match;
    const bool quiet = match_power_ < kQuiet * kQuiet;
    if (best_match_ > 0.0 && centre >= best_at_ + n_ahead_) {
        const std::uint64_t r = frame_of_r(best_at_, before_best_, best_match_, after_best_);
        best_match_ = 0.0;
        last_match_ = best_at_;
        rhythm_.note(r);
        tell(r, true);
        if (quiet) shape_.learn(banded_, best_at_);
    }
    if (quiet && centre > last_match_ + rate_.frames_in(kSilenceS)) {
        give_up_shape();
        rhythm_.reset();
    }
}

/// Keeps the best match of a rise, if it may be a beat.
void RPeakDetector::look_at_match(double match, std::uint64_t centre) noexcept {
    if (best_match_ > 0.0 && centre == best_at_ + 1) after_best_ = match;
    if (match <= std::max(best_match_, kMatchWhenDue) || match_power_ >= kChanceMax * kChanceMax) return;
    if (centre < last_match_ + rate_.frames_in(HeartRhythm::kRrMinS)) return;
    const double chance = std::sqrt(match_power_);
    const std::uint64_t r = frame_of_r(centre, 0.0, 0.0, 0.0);
    const bool due = rhythm_.known() && rhythm_.is_due(r);
    const double needed = due ? std::max(kMatchWhenDue, kChanceWhenDue * chance) : std::max(kMatchWhenNotDue, kChanceWhenNotDue * chance);
    if (match <= needed) return;
    best_match_ = match;
    best_at_ = centre;
    before_best_ = match_before_;
}

}  // namespace tonus
