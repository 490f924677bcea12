#include "engine/condition/spike_detector.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace tonus {
namespace {

constexpr double kSigmas = 12.0, kSigmaFloorUv = 5.0;
constexpr double kPerMedian = 1.4826;
constexpr double kOverPeak = 1.5;
constexpr double kPeakOfGaussian = 3.72;  // sigmas: 99.9 % of its peaks lie within (Rayleigh)
constexpr double kPartS = 0.1, kMarkS = 0.05;
constexpr double kStepS = 0.004;  // the band is wider than that, but 500 samples are enough for a median

// A float's exponent and first mantissa bit count half octaves: 1, 1.5, 2, 3, 4 ...
constexpr std::uint32_t kLowestBin = 246;  // 2^-4 µV

std::size_t bin_of(float magnitude, std::size_t n_bins) noexcept {
    const std::uint32_t half_octave = std::bit_cast<std::uint32_t>(magnitude) >> 22;
    return half_octave <= kLowestBin ? 0 : std::min<std::size_t>(half_octave - kLowestBin, n_bins - 1);
}

double edge_of(std::size_t bin) noexcept {
    return bin == 0 ? 0.0 : static_cast<double>(std::bit_cast<float>((kLowestBin + static_cast<std::uint32_t>(bin)) << 22));
}

}  // namespace

SpikeDetector::SpikeDetector(const SpikeConfig& config)
    : channels_(config.n_channels),
      n_part_(std::max<std::uint64_t>(1, config.rate.frames_in(kPartS))),
      n_mark_(config.rate.frames_in(kMarkS)),
      n_step_(std::max<std::uint64_t>(1, config.rate.frames_in(kStepS))),
      peak_uv_(padded_lanes(config.n_channels), 0.0f) {
    for (std::size_t ch = 0; ch < channels_.size(); ++ch) {
        const double mvc_uv = ch < config.mvc_uv.size() ? config.mvc_uv[ch] : 0.0;
        channels_[ch].floor_uv = mvc_uv > 0.0 ? kOverPeak * kPeakOfGaussian * mvc_uv : std::numeric_limits<double>::infinity();
    }
    restart();
}

void SpikeDetector::restart() noexcept {
    for (Channel& channel : channels_) {
        channel.threshold_uv = static_cast<float>(std::max(channel.floor_uv, kSigmas * kSigmaFloorUv));
        channel.marked_until = 0;
        channel.sum.fill(0);
        for (auto& part : channel.parts) part.fill(0);
    }
    n_frames_ = 0;
    part_ = 0;
}

void SpikeDetector::process(Block<unit::Microvolt> block) noexcept {
    for (std::size_t done = 0; done < block.n_frames();) {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(block.n_frames() - done, n_part_ - n_frames_ % n_part_));
        const Block<unit::Microvolt> run = block.from(done).first(n);
        find_peaks(run);
        for (std::size_t ch = 0; ch < channels_.size(); ++ch) {
            const bool quiet = n_frames_ >= channels_[ch].marked_until && peak_uv_[ch] <= channels_[ch].threshold_uv;
            if (!quiet) mark(run, ch);
        }
        count(run);
        n_frames_ += n;
        done += n;
        if (n_frames_ % n_part_ == 0) end_part();
    }
}

/// The largest of each channel: nearly always that is all there is to know.
void SpikeDetector::find_peaks(const Block<unit::Microvolt>& run) noexcept {
    std::fill(peak_uv_.begin(), peak_uv_.end(), 0.0f);
    for (std::size_t i = 0; i < run.n_frames(); ++i) {
        const float* const frame = run.lanes(i).data();
        for (std::size_t lane = 0; lane < peak_uv_.size(); ++lane) {
            const float magnitude = std::abs(frame[lane]);
            peak_uv_[lane] = peak_uv_[lane] > magnitude ? peak_uv_[lane] : magnitude;
        }
    }
}

void SpikeDetector::mark(const Block<unit::Microvolt>& run, std::size_t ch) noexcept {
    Channel& channel = channels_[ch];
    for (std::size_t i = 0; i < run.n_frames(); ++i) {
        const std::uint64_t now = n_frames_ + i;
        std::uint8_t& flags = run.flags(i)[ch];
        if (flags == 0 && std::abs(run.frame(i)[ch]) > channel.threshold_uv) {
            channel.n_spikes += now >= channel.marked_until ? 1u : 0u;
            channel.marked_until = now + n_mark_;
        }
        if (now < channel.marked_until) flags |= sample_flag::spike;
    }
}

/// Spikes enter too: they do not move a median, and a strong effort against a weak reference would
/// else be all spikes for ever.
void SpikeDetector::count(const Block<unit::Microvolt>& run) noexcept {
    for (std::size_t i = static_cast<std::size_t>((n_step_ - n_frames_ % n_step_) % n_step_); i < run.n_frames(); i += n_step_) {
        const std::span<const float> frame = run.frame(i);
        const std::span<const std::uint8_t> flags = run.flags(i);
        for (std::size_t ch = 0; ch < channels_.size(); ++ch) {
            if ((flags[ch] & static_cast<std::uint8_t>(~sample_flag::spike)) == 0) ++channels_[ch].parts[part_][bin_of(std::abs(frame[ch]), kBins)];
        }
    }
}

/// The threshold is set anew every 100 ms from the last 2 s.
void SpikeDetector::end_part() noexcept {
    const std::size_t next = (part_ + 1) % kParts;
    for (Channel& channel : channels_) {
        for (std::size_t b = 0; b < kBins; ++b) {
            channel.sum[b] += channel.parts[part_][b];
            channel.sum[b] -= channel.parts[next][b];
        }
        channel.parts[next].fill(0);
        const double sigma_uv = std::max(kSigmaFloorUv, kPerMedian * median_of(channel.sum));
        channel.threshold_uv = static_cast<float>(std::max(channel.floor_uv, kSigmas * sigma_uv));
    }
    part_ = next;
}

double SpikeDetector::median_of(const std::array<std::uint32_t, kBins>& sum) noexcept {
    const std::uint32_t n = std::accumulate(sum.begin(), sum.end(), 0u);
    const double half = 0.5 * n;
    double below = 0.0;
    for (std::size_t b = 0; b < kBins; ++b) {
        if (sum[b] > 0 && below + sum[b] >= half) {
            return edge_of(b) + (edge_of(b + 1) - edge_of(b)) * (half - below) / sum[b];
        }
        below += sum[b];
    }
    return 0.0;
}

}  // namespace tonus
