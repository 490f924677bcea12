#include "engine/envelope/signal_quality.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/square_sums.hpp"

namespace tonus {
namespace {

constexpr double kPartS = 0.1;
constexpr double kLowHz = 0.5, kHighHz = 20.0;
// Means of frames at some 200 Hz are enough for that band: what they fold into it is under a
// hundredth of the muscle, and what is judged ends at a sixteenth.
constexpr double kLowRateHz = 200.0;
constexpr double kSaturationSlope = 40.0;
constexpr double kContraction = 3.0;  // times the resting level: movement is judged above it (domain 2.5)
constexpr double kSmrFloorDb = -6.0, kSmrSpanDb = 18.0;
// Kurtosis (3 is Gaussian): 1 up to an excess of 1.5, down to 0.3 at 6.
constexpr double kExcessGood = 1.5, kExcessBad = 6.0, kShapeWorst = 0.3;

std::size_t frames_of_mean(const Rate& rate) { return std::max<std::size_t>(1, static_cast<std::size_t>(rate.hz() / kLowRateHz)); }

/// By the ratio of muscle to movement (domain 2.5); its logarithm only where it matters.
float motion(double square, double low_square) noexcept {
    constexpr double kClean = 16.0;  // over 12 dB, where the term is 1
    if (square >= kClean * low_square) return 1.0f;
    const double smr_db = 10.0 * std::log10(square / low_square);
    return static_cast<float>(std::clamp((smr_db - kSmrFloorDb) / kSmrSpanDb, 0.0, 1.0));
}

std::vector<Section> low_band(double rate_hz) {
    // Steep below, because a baseline wanders at a few tenths of a hertz in everybody.
    std::vector<Section> sections = butterworth_high_pass(4, kLowHz, rate_hz);
    const std::vector<Section> above = butterworth_low_pass(2, kHighHz, rate_hz);
    sections.insert(sections.end(), above.begin(), above.end());
    return sections;
}

}  // namespace

SignalQuality::SignalQuality(SignalQualityConfig config)
    : config_(std::move(config)),
      lanes_(padded_lanes(config_.n_channels)),
      n_mean_(frames_of_mean(config_.rate)),
      low_band_(std::vector<std::vector<Section>>(config_.n_channels, low_band(config_.rate.hz() / static_cast<double>(n_mean_)))),
      mean_sum_uv_(lanes_, 0.0f),
      low_uv_(kBlockFrames * lanes_, 0.0),
      parts_(kParts, Sums{lanes_}),
      all_(lanes_),
      hum_uv_(kBlockFrames * lanes_, 0.0f),
      latest_(config_.n_channels),
      pending_(kPendingMax * config_.n_channels),
      n_part_(std::max<std::uint64_t>(1, config_.rate.frames_in(kPartS))) {
    config_.rest_uv.resize(config_.n_channels, 0.0);
}

SignalQuality::Sums::Sums(std::size_t n_lanes)
    : square(n_lanes, 0.0), fourth(n_lanes, 0.0), low_square(n_lanes, 0.0), hum_square(n_lanes, 0.0), counts(n_lanes) {}

void SignalQuality::Sums::clear() noexcept {
    for (AlignedVector<double>* sum : {&square, &fourth, &low_square, &hum_square}) std::fill(sum->begin(), sum->end(), 0.0);
    std::fill(counts.begin(), counts.end(), Counts{});
    n_whole = 0;
    has_counts = has_hum = false;
}

void SignalQuality::Sums::add(const Sums& other) noexcept {
    const std::size_t n_lanes = square.size();
    for (std::size_t lane = 0; lane < n_lanes; ++lane) square[lane] += other.square[lane];
    for (std::size_t lane = 0; lane < n_lanes; ++lane) fourth[lane] += other.fourth[lane];
    for (std::size_t lane = 0; lane < n_lanes; ++lane) low_square[lane] += other.low_square[lane];
    for (std::size_t lane = 0; other.has_hum && lane < n_lanes; ++lane) hum_square[lane] += other.hum_square[lane];
    for (std::size_t lane = 0; other.has_counts && lane < n_lanes; ++lane) {
        counts[lane].n_frames += other.counts[lane].n_frames;
        counts[lane].n_valid += other.counts[lane].n_valid;
        counts[lane].n_saturated += other.counts[lane].n_saturated;
    }
    n_whole += other.n_whole;
}

void SignalQuality::process_gated(const Block<unit::Microvolt>& gated) noexcept {
    n_low_ = 0;
    for (std::size_t done = 0; done < gated.n_frames();) {
        const std::size_t n = std::min(n_mean_ - n_in_mean_, gated.n_frames() - done);
        add_samples({gated.lanes(done).data(), nullptr, lanes_, n}, mean_sum_uv_.data());
        done += n;
        n_in_mean_ += n;
        if (n_in_mean_ < n_mean_) continue;
        // Sums in the place of means: the filter is linear, and the squares are scaled once in judge().
        std::copy(mean_sum_uv_.begin(), mean_sum_uv_.end(), low_uv_.begin() + static_cast<std::ptrdiff_t>(n_low_ * lanes_));
        std::fill(mean_sum_uv_.begin(), mean_sum_uv_.end(), 0.0f);
        n_in_mean_ = 0;
        low_at_[n_low_++] = done - 1;
    }
    if (n_low_ > 0) low_band_.process({low_uv_.data(), low_uv_.data(), lanes_, n_low_});
}

void SignalQuality::process_with_hum(const Block<unit::Microvolt>& filtered) noexcept {
    std::copy_n(filtered.lanes(0).data(), filtered.n_frames() * filtered.stride(), hum_uv_.data());
}

void SignalQuality::process_without_hum(const Block<unit::Microvolt>& filtered) noexcept {
    const float* const left = filtered.lanes(0).data();
    for (std::size_t i = 0; i < filtered.n_frames() * filtered.stride(); ++i) hum_uv_[i] -= left[i];
    has_hum_ = true;
}

/// How many of the next `n` frames belong to the part under way.
std::size_t SignalQuality::n_of_part(std::size_t n) const noexcept {
    return static_cast<std::size_t>(std::min<std::uint64_t>(n, n_part_ - n_frames_ % n_part_));
}

void SignalQuality::process(const Block<unit::Microvolt>& conditioned) noexcept {
    for (std::size_t done = 0; done < conditioned.n_frames();) {
        const Block<unit::Microvolt> run = conditioned.from(done).first(n_of_part(conditioned.n_frames() - done));
        const std::uint8_t* const flags = run.flags(0).data();
        const std::size_t n = run.n_frames();
        Sums& sums = parts_[part_];
        const bool flagged = add_squares_and_fourths({run.lanes(0).data(), flags, lanes_, n}, sums.square.data(), sums.fourth.data());
        if (has_hum_) add_squares(FlaggedFrames<float>{hum_uv_.data() + done * lanes_, flags, lanes_, n}, sums.hum_square.data());
        sums.has_hum |= has_hum_;
        add_low(conditioned, done, done + n);
        if (flagged) count(run);
        else sums.n_whole += static_cast<std::uint32_t>(n);
        advance(n);
        done += n;
    }
    has_hum_ = false;
}

/// A mean stands for the frames it was made of, and counts where the last of them does.
void SignalQuality::add_low(const Block<unit::Microvolt>& conditioned, std::size_t from, std::size_t to) noexcept {
    for (std::size_t k = 0; k < n_low_; ++k) {
        if (low_at_[k] < from || low_at_[k] >= to) continue;
        add_squares(FlaggedFrames<double>{low_uv_.data() + k * lanes_, conditioned.flags(low_at_[k]).data(), lanes_, 1}, parts_[part_].low_square.data());
    }
}

void SignalQuality::count(const Block<unit::Microvolt>& run) noexcept {
    const auto n_frames = static_cast<std::uint32_t>(run.n_frames());
    parts_[part_].has_counts = true;
    for (std::size_t group = 0; group < lanes_; group += kLanes) {
        Counts* const counts = parts_[part_].counts.data() + group;
        const std::uint8_t* const flags = run.flags(0).data() + group;
        const bool flagged = any_flagged(flags, lanes_, run.n_frames());
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            counts[lane].n_frames += n_frames;
            if (!flagged) counts[lane].n_valid += n_frames;
            for (std::size_t i = 0; flagged && i < run.n_frames(); ++i) {
                const std::uint8_t flag = flags[i * lanes_ + lane];
                counts[lane].n_valid += flag == 0 ? 1u : 0u;
                counts[lane].n_saturated += (flag & sample_flag::saturated) != 0 ? 1u : 0u;
            }
        }
    }
}

void SignalQuality::skip(std::size_t n_frames) noexcept {
    for (std::size_t done = 0; done < n_frames;) {
        const std::size_t n = n_of_part(n_frames - done);
        parts_[part_].has_counts = true;
        for (Counts& counts : parts_[part_].counts) counts.n_frames += static_cast<std::uint32_t>(n);
        advance(n);
        done += n;
    }
}

void SignalQuality::advance(std::size_t n_frames) noexcept {
    n_frames_ += n_frames;
    if (n_frames_ % n_part_ != 0) return;
    if (n_pending_ == kPendingMax) {  // nobody asked for ticks: the newest counts
        std::copy_n(pending_.begin(), config_.n_channels, latest_.begin());
        n_pending_ = 0;
    }
    pending_end_[n_pending_] = n_frames_;
    all_.clear();
    for (const Sums& part : parts_) all_.add(part);
    for (std::size_t ch = 0; ch < config_.n_channels; ++ch) pending_[n_pending_ * config_.n_channels + ch] = judge(ch);
    ++n_pending_;
    part_ = (part_ + 1) % kParts;
    parts_[part_].clear();
}

void SignalQuality::tick(std::uint64_t index) noexcept {
    std::size_t n_due = 0;
    while (n_due < n_pending_ && pending_end_[n_due] <= config_.rate.first_frame_of(index + 1)) ++n_due;
    if (n_due == 0) return;
    const std::size_t n_channels = config_.n_channels;
    const auto at = [n_channels](std::size_t k) { return static_cast<std::ptrdiff_t>(k * n_channels); };
    std::copy_n(pending_.begin() + at(n_due - 1), n_channels, latest_.begin());
    std::copy(pending_.begin() + at(n_due), pending_.begin() + at(n_pending_), pending_.begin());
    std::copy(pending_end_.begin() + static_cast<std::ptrdiff_t>(n_due), pending_end_.begin() + static_cast<std::ptrdiff_t>(n_pending_), pending_end_.begin());
    n_pending_ -= n_due;
}

Quality SignalQuality::judge(std::size_t channel) const noexcept {
    const Counts& counts = all_.counts[channel];
    const std::uint32_t n_frames = all_.n_whole + counts.n_frames;
    const double square = all_.square[channel];
    Quality q;
    const double n = std::max<double>(n_frames, 1.0), n_valid = std::max<double>(all_.n_whole + counts.n_valid, 1.0);
    q.validity = static_cast<float>(static_cast<double>(all_.n_whole + counts.n_valid) / n);
    q.saturation = static_cast<float>(1.0 - std::min(1.0, kSaturationSlope * static_cast<double>(counts.n_saturated) / n));
    const double power = square / n_valid;
    if (power > 0.0) {
        q.hum = static_cast<float>(1.0 / (1.0 + all_.hum_square[channel] / square));
        const double rest_uv = config_.rest_uv[channel];
        // At rest a baseline that wanders is more than the muscle, and says nothing about it.
        if (power > kContraction * kContraction * rest_uv * rest_uv) q.motion = motion(square, all_.low_square[channel] / static_cast<double>(n_mean_));
        const double excess = all_.fourth[channel] / n_valid / (power * power) - 3.0;
        const double worse = std::clamp((excess - kExcessGood) / (kExcessBad - kExcessGood), 0.0, 1.0);
        q.shape = static_cast<float>(1.0 - (1.0 - kShapeWorst) * worse);
        if (contraction_ && rest_uv > 0.0) q.noise = static_cast<float>(1.0 - std::exp(-power / (4.0 * rest_uv * rest_uv)));
    }
    q.index = q.validity * q.saturation * q.hum * q.motion * q.noise * q.shape;
    return q;
}

}  // namespace tonus
