#pragma once

#include <cstdint>
#include <vector>

#include "engine/core/rate.hpp"

namespace tonus {

/// Candidates for heart beats by their steepness: the squared slope of 8-40 Hz, averaged over
/// 100 ms, against a threshold between the levels of beats and of what is none.
///
/// Real time  take() and skip() do not allocate, lock, throw or call the system.
/// Source     domain 2.4, path B, step 1 (Pan and Tompkins 1985); thr = N + 0.4 (S - N) instead of
///            0.3: at 25 µV of muscle that finds 8 beats of 10 instead of 5.
class QrsSlope {
public:
    static constexpr double kThreshold = 0.4;
    static constexpr double kAroundS = 0.060;  ///< of a crossing, where the peak lies

    explicit QrsSlope(Rate rate);

    /// @param slope_uv   of 8-40 Hz over step_frames(); 0 where the sample is not usable
    /// @param rested     no beat can have come shortly before
    /// @param threshold  share of the way from noise to beats
    /// @return true when the 60 ms after a crossing are over: the peak is around crossing()
    bool take(float slope_uv, bool rested, double threshold) noexcept;
    std::uint64_t crossing() const noexcept { return crossing_; }  ///< frame
    std::uint64_t step_frames() const noexcept { return step_; }
    std::uint64_t n_frames() const noexcept { return n_frames_; }  ///< taken and skipped so far

    /// Frames that were not seen; the levels are found anew in the next 2 s.
    void skip(std::uint64_t n_frames) noexcept;

private:
    void average(float squared) noexcept;
    void learn() noexcept;

    Rate rate_;
    std::uint64_t step_;
    std::vector<float> squared_;        // a ring of 100 ms
    double mean_ = 0.0;                 // of it
    std::uint64_t n_frames_ = 0;
    double signal_ = 0.0, noise_ = 0.0;  // S and N
    double stretch_peak_ = 0.0;          // of mean_, in this stretch of 100 ms
    std::uint64_t stretch_end_, learnt_until_, last_crossing_ = 0;
    std::uint64_t crossing_ = 0;
    double crossing_peak_ = 0.0;
    bool waiting_ = false;               // for the frames after a crossing
    bool armed_ = true;                  // below the threshold since the last crossing
};

}  // namespace tonus
