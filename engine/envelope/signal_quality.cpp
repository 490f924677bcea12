#include "engine/envelope/signal_quality.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/butterworth.hpp"

namespace tonus {
namespace {

constexpr double kPartS = 0.1;
constexpr double kLowHz = 0.5, kHighHz = 20.0;
constexpr double kSaturationSlope = 40.0;
constexpr double kContraction = 3.0;  // times the resting level: movement is judged above it (domain 2.5)
constexpr double kSmrFloorDb = -6.0, kSmrSpanDb = 18.0;
// Kurtosis (3 is Gaussian): 1 up to an excess of 1.5, down to 0.3 at 6.
constexpr double kExcessGood = 1.5, kExcessBad = 6.0, kShapeWorst = 0.3;

}  // namespace

SignalQuality::SignalQuality(SignalQualityConfig config)
    : config_(std::move(config)),
      low_band_(config_.n_channels, 3),
      low_uv_(kBlockFrames * padded_lanes(config_.n_channels), 0.0),
      parts_(kParts * config_.n_channels),
      hum_uv_(kBlockFrames * padded_lanes(config_.n_channels), 0.0f),
      latest_(config_.n_channels),
      pending_(kPendingMax * config_.n_channels),
      n_part_(std::max<std::uint64_t>(1, config_.rate.frames_in(kPartS))) {
    config_.rest_uv.resize(config_.n_channels, 0.0);
    // Steep below, because a baseline wanders at a few tenths of a hertz in everybody.
    std::vector<Section> sections = butterworth_high_pass(4, kLowHz, config_.rate.hz());
    const std::vector<Section> above = butterworth_low_pass(2, kHighHz, config_.rate.hz());
    sections.insert(sections.end(), above.begin(), above.end());
    for (std::size_t ch = 0; ch < config_.n_channels; ++ch) low_band_.set_channel(ch, sections);
}

void SignalQuality::process_gated(const Block<unit::Microvolt>& gated) noexcept {
    for (std::size_t i = 0; i < gated.n_frames(); ++i) {
        const std::span<double> low = std::span{low_uv_}.subspan(i * gated.stride(), gated.stride());
        std::copy(gated.lanes(i).begin(), gated.lanes(i).end(), low.begin());
        low_band_.process(low);
    }
}

void SignalQuality::process_with_hum(const Block<unit::Microvolt>& filtered) noexcept {
    std::copy_n(filtered.lanes(0).data(), filtered.n_frames() * filtered.stride(), hum_uv_.data());
}

void SignalQuality::process_without_hum(const Block<unit::Microvolt>& filtered) noexcept {
    const float* const left = filtered.lanes(0).data();
    for (std::size_t i = 0; i < filtered.n_frames() * filtered.stride(); ++i) hum_uv_[i] -= left[i];
    has_hum_ = true;
}

void SignalQuality::process(const Block<unit::Microvolt>& conditioned) noexcept {
    for (std::size_t i = 0; i < conditioned.n_frames(); ++i) {
        const std::span<const float> frame = conditioned.frame(i);
        const std::span<const std::uint8_t> flags = conditioned.flags(i);
        const double* const low = low_uv_.data() + i * conditioned.stride();
        for (std::size_t ch = 0; ch < config_.n_channels; ++ch) {
            Sums& sums = parts_[part_ * config_.n_channels + ch];
            ++sums.n_frames;
            sums.n_saturated += (flags[ch] & sample_flag::saturated) != 0 ? 1u : 0u;
            if (flags[ch] != 0) continue;
            const double square = static_cast<double>(frame[ch]) * static_cast<double>(frame[ch]);
            ++sums.n_valid;
            sums.square += square;
            sums.fourth += square * square;
            if (has_hum_) {
                const auto hum = static_cast<double>(hum_uv_[i * conditioned.stride() + ch]);
                sums.hum_square += hum * hum;
            }
            sums.low_square += low[ch] * low[ch];
        }
        end_frame();
    }
    has_hum_ = false;
}

void SignalQuality::skip(std::size_t n_frames) noexcept {
    for (std::size_t i = 0; i < n_frames; ++i) {
        for (std::size_t ch = 0; ch < config_.n_channels; ++ch) ++parts_[part_ * config_.n_channels + ch].n_frames;
        end_frame();
    }
}

void SignalQuality::end_frame() noexcept {
    if (++n_frames_ % n_part_ != 0) return;
    if (n_pending_ == kPendingMax) {  // nobody asked for ticks: the newest counts
        std::copy_n(pending_.begin(), config_.n_channels, latest_.begin());
        n_pending_ = 0;
    }
    pending_end_[n_pending_] = n_frames_;
    for (std::size_t ch = 0; ch < config_.n_channels; ++ch) pending_[n_pending_ * config_.n_channels + ch] = judge(ch);
    ++n_pending_;
    part_ = (part_ + 1) % kParts;
    for (std::size_t ch = 0; ch < config_.n_channels; ++ch) parts_[part_ * config_.n_channels + ch] = {};
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
    Sums all;
    for (std::size_t p = 0; p < kParts; ++p) {
        const Sums& part = parts_[p * config_.n_channels + channel];
        all.n_frames += part.n_frames;
        all.n_valid += part.n_valid;
        all.n_saturated += part.n_saturated;
        all.square += part.square;
        all.fourth += part.fourth;
        all.low_square += part.low_square;
        all.hum_square += part.hum_square;
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
