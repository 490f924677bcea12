#pragma once

#include <cmath>
#include <cstdint>

namespace tonus {

/// Numbers the samples of a device that sends its time with them and no counter: from sample to
/// sample by the time between, so that a sensor whose rate is a percent off its clock has neither
/// gaps nor repeats. A late sample goes to its place, a repeat keeps its number.
///
/// Ambiguity  a loss of n samples is counted right while n times the error of the rate is under half
///            a sample.
/// Real time  does not allocate, lock, throw or call the system.
class TimeCounter {
public:
    TimeCounter(std::uint64_t ticks_per_s, std::uint64_t rate_hz) noexcept : ticks_per_s_(ticks_per_s), rate_hz_(rate_hz) {}

    /// @param ticks  the device's time of the next sample that came
    std::uint64_t number(std::uint64_t ticks) noexcept {
        if (!started_) {
            // In whole seconds and the rest: a double of years in microseconds is too coarse.
            index_ = ticks / ticks_per_s_ * rate_hz_ + static_cast<std::uint64_t>(std::llround(samples(ticks % ticks_per_s_)));
        } else if (ticks > last_ticks_) {
            index_ += steps(ticks - last_ticks_);
        } else if (ticks < last_ticks_) {
            const std::uint64_t n_back = steps(last_ticks_ - ticks);
            index_ = n_back < index_ ? index_ - n_back : 0;
        }
        started_ = true;
        last_ticks_ = ticks;
        return index_;
    }

private:
    double samples(std::uint64_t ticks) const noexcept {
        return static_cast<double>(ticks) / static_cast<double>(ticks_per_s_) * static_cast<double>(rate_hz_);
    }
    /// A damaged time may be anything: what no device lives to see counts as that.
    std::uint64_t steps(std::uint64_t ticks) const noexcept {
        constexpr double kStepsMax = 1e12;
        return static_cast<std::uint64_t>(std::llround(std::fmin(std::fmax(samples(ticks), 1.0), kStepsMax)));
    }

    std::uint64_t ticks_per_s_, rate_hz_;
    bool started_ = false;
    std::uint64_t last_ticks_ = 0;
    std::uint64_t index_ = 0;  ///< of the sample that came last
};

}  // namespace tonus
