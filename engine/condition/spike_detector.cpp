#include "engine/condition/spike_detector.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tonus {
namespace {

constexpr double kSigmas = 12.0, kSigmaFloorUv = 5.0;
constexpr double kPerMedian = 1.4826;
constexpr double kOverPeak = 1.5;
constexpr double kPeakOfGaussian = 3.72;  // sigmas: 99.9 % of its peaks lie within (Rayleigh)
constexpr double kPartS = 0.1, kMarkS = 0.05;
constexpr double kStepS = 0.004;  // the band is wider than that, but 500 samples are enough for a median
constexpr auto kMedians = static_cast<float>(kSigmas * kPerMedian);
constexpr float kLevelEnd = 1024.0f;  // of the last one

}  // namespace

SpikeDetector::SpikeDetector(const SpikeConfig& config)
    : channels_(config.n_channels),
      n_part_(std::max<std::uint64_t>(1, config.rate.frames_in(kPartS))),
      n_mark_(config.rate.frames_in(kMarkS)),
      n_step_(std::max<std::uint64_t>(1, config.rate.frames_in(kStepS))),
      lanes_(padded_lanes(config.n_channels)),
      unit_uv_(lanes_, std::numeric_limits<float>::infinity()),
      per_unit_(lanes_, 0.0f),
      threshold_uv_(lanes_, std::numeric_limits<float>::infinity()),
      peak_uv_(lanes_, 0.0f),
      parts_(kParts * kRows * lanes_, 0),
      sum_(kRows * lanes_, 0) {
    for (std::size_t ch = 0; ch < std::min(channels_.size(), config.mvc_uv.size()); ++ch) {
        if (!(config.mvc_uv[ch] > 0.0)) continue;
        const double threshold_uv = std::max(kOverPeak * kPeakOfGaussian * config.mvc_uv[ch], kSigmas * kSigmaFloorUv);
        unit_uv_[ch] = static_cast<float>(threshold_uv) / kMedians;
        per_unit_[ch] = 1.0f / unit_uv_[ch];
        any_calibrated_ = true;
    }
    restart();
}

void SpikeDetector::restart() noexcept {
    for (std::size_t ch = 0; ch < channels_.size(); ++ch) {
        channels_[ch].marked_until = 0;
        threshold_uv_[ch] = kMedians * unit_uv_[ch];
    }
    std::fill(parts_.begin(), parts_.end(), std::int16_t{0});
    std::fill(sum_.begin(), sum_.end(), std::int16_t{0});
    n_frames_ = marked_until_ = 0;
    part_ = 0;
}

void SpikeDetector::process(Block<unit::Microvolt> block) noexcept {
    if (!any_calibrated_) return;
    for (std::size_t done = 0; done < block.n_frames();) {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(block.n_frames() - done, n_part_ - n_frames_ % n_part_));
        const Block<unit::Microvolt> run = block.from(done).first(n);
        // Nearly always that is all there is to know.
        const bool any_above = find_peaks(run.lanes(0).data(), lanes_, n, threshold_uv_.data(), peak_uv_.data());
        for (std::size_t ch = 0; (any_above || n_frames_ < marked_until_) && ch < channels_.size(); ++ch) {
            if (n_frames_ < channels_[ch].marked_until || peak_uv_[ch] > threshold_uv_[ch]) mark(run, ch);
        }
        count(run);
        n_frames_ += n;
        done += n;
        if (n_frames_ % n_part_ == 0) end_part();
    }
}

void SpikeDetector::mark(const Block<unit::Microvolt>& run, std::size_t ch) noexcept {
    Channel& channel = channels_[ch];
    for (std::size_t i = 0; i < run.n_frames(); ++i) {
        const std::uint64_t now = n_frames_ + i;
        std::uint8_t& flags = run.flags(i)[ch];
        if (flags == 0 && std::abs(run.frame(i)[ch]) > threshold_uv_[ch]) {
            channel.n_spikes += now >= channel.marked_until ? 1u : 0u;
            channel.marked_until = now + n_mark_;
        }
        if (now < channel.marked_until) flags |= sample_flag::spike;
    }
    marked_until_ = std::max(marked_until_, channel.marked_until);
}

/// Spikes enter too: they do not move a median, and a strong effort against a weak reference would
/// else be all spikes for ever.
void SpikeDetector::count(const Block<unit::Microvolt>& run) noexcept {
    for (std::size_t i = static_cast<std::size_t>((n_step_ - n_frames_ % n_step_) % n_step_); i < run.n_frames(); i += n_step_) {
        count_levels(run.lanes(i).data(), run.flags(i).data(), lanes_, per_unit_.data(), part(part_));
    }
}

/// The threshold is set anew every 100 ms from the last 2 s.
void SpikeDetector::end_part() noexcept {
    const std::size_t next = (part_ + 1) % kParts;
    const std::int16_t* const coming = part(part_);
    std::int16_t* const leaving = part(next);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] = static_cast<std::int16_t>(sum_[i] + coming[i] - leaving[i]);
    std::fill_n(leaving, sum_.size(), std::int16_t{0});
    for (std::size_t ch = 0; ch < channels_.size(); ++ch) threshold_uv_[ch] = kMedians * std::max(unit_uv_[ch], median_uv(ch));
    part_ = next;
}

/// 0 where it is under the first level.
float SpikeDetector::median_uv(std::size_t ch) const noexcept {
    const auto half = 0.5f * static_cast<float>(sum_[ch]);
    const auto above = [&](std::size_t k) { return k < kSpikeLevels.size() ? static_cast<float>(sum_[(1 + k) * lanes_ + ch]) : 0.0f; };
    if (above(0) <= half) return 0.0f;
    std::size_t k = 0;
    while (above(k + 1) > half) ++k;
    const float end = k + 1 < kSpikeLevels.size() ? kSpikeLevels[k + 1] : kLevelEnd;
    const float share = (above(k) - half) / (above(k) - above(k + 1));
    return unit_uv_[ch] * (kSpikeLevels[k] + (end - kSpikeLevels[k]) * share);
}

}  // namespace tonus
