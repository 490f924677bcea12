#pragma once

#include <array>
#include <cstdint>

#include "engine/core/rate.hpp"

namespace tonus {

/// The rhythm of the heart, from candidates of which some are false: the interval that many of the
/// last ones agree on. A burst of a muscle has none.
///
/// Real time  nothing here allocates, locks, throws or calls the system.
/// Source     domain 2.4, path B, step 1 (intervals from 0.3 to 2 s); agreement [D].
class HeartRhythm {
public:
    static constexpr double kRrMinS = 0.3, kRrMaxS = 2.0;

    explicit HeartRhythm(Rate rate) : rate_(rate) {}

    /// A candidate for R, in frames, later than the one before.
    void note(std::uint64_t r) noexcept;
    /// It is taken for a beat.
    void accept(std::uint64_t r) noexcept { last_good_ = r; }
    void reset() noexcept;

    bool known() const noexcept { return interval_s_ > 0.0; }
    double rr_s() const noexcept { return interval_s_; }  ///< 0: not known
    /// With a known rhythm: near a whole number of intervals after the last beat.
    bool is_due(std::uint64_t r) const noexcept;
    /// At least this long after the last candidate that no second beat can come before.
    bool rested(std::uint64_t frame) const noexcept { return !any_ || frame >= last_ + rate_.frames_in(kRrMinS); }
    std::uint64_t last() const noexcept { return last_; }  ///< candidate; 0: none

private:
    struct Agreement {
        std::size_t n = 0;
        double mean_s = 0.0;
    };
    Agreement agreement_on(double interval_s) const noexcept;

    static constexpr std::size_t kIntervals = 24;
    Rate rate_;
    std::array<double, kIntervals> intervals_s_{};  // between candidates, a ring
    std::size_t n_intervals_ = 0;
    std::uint64_t last_ = 0, before_last_ = 0;      // before_last_ is 0 where there is none
    bool any_ = false;
    double interval_s_ = 0.0;
    std::uint64_t last_good_ = 0;                   // the last beat in rhythm
};

}  // namespace tonus
