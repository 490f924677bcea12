#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/condition/section_cascade.hpp"
#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

struct RPeakConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
};

/// Finds the heart's R peaks in trunk EMG, on the channel where the heart stands out most.
///
/// Every channel is seen in 8-40 Hz. Each 5 s the one with the largest kurtosis there is taken;
/// with none over 6 there is no heart to find. Its squared slope, averaged over 100 ms, is held
/// against an adaptive threshold; a peak is put at the extremum of 8-40 Hz around the crossing.
/// Beats are told once a rhythm is known that many candidates agree on, and only those in it, so that
/// bursts of a muscle are not taken for a heart.
///
/// Input      gated microvolts, at most kBlockFrames frames.
/// Output     frames of R, counted from the first frame, each known within 85 ms.
/// Real time  process() and skip() do not allocate, lock, throw or call the system.
/// Source     domain 2.4, path B, step 1 (Pan and Tompkins 1985).
class RPeakDetector {
public:
    explicit RPeakDetector(const RPeakConfig& config);

    /// The peaks that became known in this block; a view until the next call.
    std::span<const std::uint64_t> process(const Block<unit::Microvolt>& gated) noexcept;

    /// Frames of a long gap: everything is learnt anew after it.
    void skip(std::size_t n_frames) noexcept;

    bool has_heart() const noexcept { return has_heart_; }
    std::size_t channel() const noexcept { return channel_; }
    double rr_s() const noexcept { return rhythm_s_; }  ///< the interval of the beats; 0: not known yet

private:
    void judge_channels() noexcept;
    void take(float banded, bool usable) noexcept;
    void learn() noexcept;
    void place_peak() noexcept;
    struct Agreement {
        std::size_t n = 0;
        double mean_s = 0.0;
    };
    Agreement agreement_on(double interval_s) const noexcept;
    void note_interval(std::uint64_t r) noexcept;
    bool in_rhythm(std::uint64_t r) const noexcept;
    float banded_at(std::uint64_t frame) const noexcept { return banded_[frame % banded_.size()]; }

    Rate rate_;
    std::size_t n_channels_;
    SectionCascade<float> band_;
    std::uint64_t band_delay_;                       // frames, where the QRS has its power
    std::vector<float> lanes_;
    std::vector<double> square_, fourth_;            // per channel, of this stretch of 5 s
    std::vector<std::uint64_t> n_usable_;            // per channel
    std::uint64_t n_stretch_ = 0;                    // frames of this stretch
    std::size_t channel_ = 0;
    bool has_heart_ = false;

    std::vector<float> banded_;                      // of the chosen channel, a ring
    std::vector<float> slope_;                       // squared, a ring of 100 ms
    std::uint64_t slope_step_;
    std::uint64_t n_frames_ = 0;
    double mean_ = 0.0;                              // of slope_
    double signal_ = 0.0, noise_ = 0.0;              // S and N
    double stretch_peak_ = 0.0;                      // of mean_, since the last look
    std::uint64_t stretch_end_;
    std::uint64_t learnt_until_;
    std::uint64_t crossing_ = 0;
    double crossing_peak_ = 0.0;
    bool waiting_ = false;                           // for the frames after a crossing
    bool armed_ = true;                              // below the threshold since the last beat
    std::uint64_t last_r_ = 0;
    bool any_r_ = false;
    std::uint64_t before_last_r_ = 0;                // 0: none
    static constexpr std::size_t kIntervals = 24;
    std::array<double, kIntervals> intervals_s_{};   // between candidates, a ring
    std::size_t n_intervals_ = 0;
    double rhythm_s_ = 0.0;                          // 0: not known
    std::uint64_t last_good_ = 0;                    // the last beat in rhythm
    double polarity_ = 0.0;                          // of the beats in 8-40 Hz
    std::array<std::uint64_t, 4> found_{};
    std::size_t n_found_ = 0;
};

}  // namespace tonus
