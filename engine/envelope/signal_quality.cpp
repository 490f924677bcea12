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
      hum_uv_(kBlockFrames * lanes_, 0.0f),
      latest_(config_.n_channels),
      pending_(kPendingMax * config_.n_channels),
      n_part_(std::max<std::uint64_t>(1, config_.rate.frames_in(kPartS))) {
    config_.rest_uv.resize(config_.n_channels, 0.0);
    for (AlignedVector<double>* sum : {&sums_.square, &sums_.fourth, &sums_.low_square, &sums_.hum_square}) {
        sum->resize(kParts * lanes_, 0.0);
    }
    sums_.counts.resize(kParts * lanes_);
}

void SignalQuality::process_gated(const Block<unit::Microvolt>& gated) noexcept {
    n_low_ = 0;
    for (std::size_t i = 0; i < gated.n_frames(); ++i) {
        const float* const frame = gated.lanes(i).data();
        for (std::size_t lane = 0; lane < lanes_; ++lane) mean_sum_uv_[lane] += frame[lane];
        if (++n_in_mean_ < n_mean_) continue;
        double* const low = low_uv_.data() + n_low_ * lanes_;
        for (std::size_t lane = 0; lane < lanes_; ++lane) low[lane] = static_cast<double>(mean_sum_uv_[lane]) / static_cast<double>(n_mean_);
        std::fill(mean_sum_uv_.begin(), mean_sum_uv_.end(), 0.0f);
        n_in_mean_ = 0;
        low_at_[n_low_++] = i;
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
        const Block<unit::Microvolt> part = conditioned.from(done).first(n_of_part(conditioned.n_frames() - done));
        const std::uint8_t* const flags = part.flags(0).data();
        const std::size_t n = part.n_frames(), at = part_ * lanes_;
        add_squares_and_fourths({part.lanes(0).data(), flags, lanes_, n}, sums_.square.data() + at, sums_.fourth.data() + at);
        if (has_hum_) add_squares(FlaggedFrames<float>{hum_uv_.data() + done * lanes_, flags, lanes_, n}, sums_.hum_square.data() + at);
        add_low(conditioned, done, done + n);
        count(part);
        advance(n);
        done += n;
    }
    has_hum_ = false;
}

/// A mean stands for the frames it was made of, and counts where the last of them does.
void SignalQuality::add_low(const Block<unit::Microvolt>& conditioned, std::size_t from, std::size_t to) noexcept {
    double* const sum = sums_.low_square.data() + part_ * lanes_;
    for (std::size_t k = 0; k < n_low_; ++k) {
        if (low_at_[k] < from || low_at_[k] >= to) continue;
        const std::uint8_t* const flags = conditioned.flags(low_at_[k]).data();
        const double* const low = low_uv_.data() + k * lanes_;
        for (std::size_t ch = 0; ch < config_.n_channels; ++ch) sum[ch] += flags[ch] == 0 ? static_cast<double>(n_mean_) * low[ch] * low[ch] : 0.0;
    }
}

void SignalQuality::count(const Block<unit::Microvolt>& part) noexcept {
    const auto n_frames = static_cast<std::uint32_t>(part.n_frames());
    for (std::size_t group = 0; group < lanes_; group += kLanes) {
        Counts* const counts = sums_.counts.data() + part_ * lanes_ + group;
        const std::uint8_t* const flags = part.flags(0).data() + group;
        const bool flagged = any_flagged(flags, lanes_, part.n_frames());
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            counts[lane].n_frames += n_frames;
            if (!flagged) counts[lane].n_valid += n_frames;
            for (std::size_t i = 0; flagged && i < part.n_frames(); ++i) {
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
        for (std::size_t lane = 0; lane < lanes_; ++lane) sums_.counts[part_ * lanes_ + lane].n_frames += static_cast<std::uint32_t>(n);
        advance(n);
        done += n;
    }
}

void SignalQuality::clear_part() noexcept {
    const auto at = static_cast<std::ptrdiff_t>(part_ * lanes_);
    for (AlignedVector<double>* sum : {&sums_.square, &sums_.fourth, &sums_.low_square, &sums_.hum_square}) {
        std::fill_n(sum->begin() + at, lanes_, 0.0);
    }
    std::fill_n(sums_.counts.begin() + at, lanes_, Counts{});
}

void SignalQuality::advance(std::size_t n_frames) noexcept {
    n_frames_ += n_frames;
    if (n_frames_ % n_part_ != 0) return;
    if (n_pending_ == kPendingMax) {  // nobody asked for ticks: the newest counts
        std::copy_n(pending_.begin(), config_.n_channels, latest_.begin());
        n_pending_ = 0;
    }
    pending_end_[n_pending_] = n_frames_;
    for (std::size_t ch = 0; ch < config_.n_channels; ++ch) pending_[n_pending_ * config_.n_channels + ch] = judge(ch);
    ++n_pending_;
    part_ = (part_ + 1) % kParts;
    clear_part();
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
    struct {
        std::uint32_t n_frames = 0, n_valid = 0, n_saturated = 0;
        double square = 0.0, fourth = 0.0, low_square = 0.0, hum_square = 0.0;
    } all;
    for (std::size_t p = 0; p < kParts; ++p) {
        const std::size_t at = p * lanes_ + channel;
        all.n_frames += sums_.counts[at].n_frames;
        all.n_valid += sums_.counts[at].n_valid;
        all.n_saturated += sums_.counts[at].n_saturated;
        all.square += sums_.square[at];
        all.fourth += sums_.fourth[at];
        all.low_square += sums_.low_square[at];
        all.hum_square += sums_.hum_square[at];
    }
    Quality q;
    const double n = std::max<double>(all.n_frames, 1.0), n_valid = std::max<double>(all.n_valid, 1.0);
    q.validity = static_cast<float>(static_cast<double>(all.n_valid) / n);
    q.saturation = static_cast<float>(1.0 - std::min(1.0, kSaturationSlope * static_cast<double>(all.n_saturated) / n));
    const double power = all.square / n_valid;
    if (power > 0.0) {
        q.hum = static_cast<float>(1.0 / (1.0 + all.hum_square / all.square));
        const double rest_uv = config_.rest_uv[channel];
        // At rest a baseline that wanders is more than the muscle, and says nothing about it.
        if (power > kContraction * kContraction * rest_uv * rest_uv) {
            const double smr_db = 10.0 * std::log10(all.square / std::max(all.low_square, 1e-12));
            q.motion = static_cast<float>(std::clamp((smr_db - kSmrFloorDb) / kSmrSpanDb, 0.0, 1.0));
        }
        const double excess = all.fourth / n_valid / (power * power) - 3.0;
        const double worse = std::clamp((excess - kExcessGood) / (kExcessBad - kExcessGood), 0.0, 1.0);
        q.shape = static_cast<float>(1.0 - (1.0 - kShapeWorst) * worse);
        if (contraction_ && rest_uv > 0.0) q.noise = static_cast<float>(1.0 - std::exp(-power / (4.0 * rest_uv * rest_uv)));
    }
    q.index = q.validity * q.saturation * q.hum * q.motion * q.noise * q.shape;
    return q;
}

}  // namespace tonus
