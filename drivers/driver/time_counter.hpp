#pragma once

#include <cmath>
#include <cstdint>

namespace tonus {

/// Numbers the samples of a device that sends its time with them and no counter. A number is the
/// nearest to the time; where between two numbers the samples fall is followed slowly, so a sensor
/// whose rate is a percent off its clock has neither gaps nor repeats, and a damaged time moves
/// nothing but its own sample.
///
/// Ambiguity  a loss of n samples is counted right while n times the error of the rate is under half
///            a sample.
/// Real time  does not allocate, lock, throw or call the system.
class TimeCounter {
public:
    TimeCounter(std::uint64_t ticks_per_s, std::uint64_t rate_hz) noexcept
        : samples_per_tick_(static_cast<double>(rate_hz) / static_cast<double>(ticks_per_s)) {}

    /// @param ticks  the device's time of the next sample that came
    std::uint64_t number(std::uint64_t ticks) noexcept {
        const double samples = static_cast<double>(ticks) * samples_per_tick_;
        const double nearest = std::fmax(std::round(samples - phase_), 0.0);
        const double off = samples - phase_ - nearest;
        phase_ += started_ ? kFollow * off : off;
        started_ = true;
        return static_cast<std::uint64_t>(nearest);
    }

private:
    static constexpr double kFollow = 1.0 / 16.0;  // of what is off, a sample

    double samples_per_tick_;
    double phase_ = 0.0;  ///< of the samples against whole numbers
    bool started_ = false;
};

}  // namespace tonus
