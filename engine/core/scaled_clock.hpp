#pragma once

#include <cmath>
#include <cstdint>

#include "engine/core/clock.hpp"

namespace tonus {

/// A clock that runs `speed` times as fast as another, from the moment it is made.
///
/// Threads  any, as the other.
class ScaledClock final : public Clock {
public:
    ScaledClock(Clock& clock, double speed) noexcept : clock_(clock), speed_(speed), origin_ns_(clock.now_ns()) {}

    std::int64_t now_ns() const noexcept override {
        if (speed_ == 1.0) return clock_.now_ns();  // to the nanosecond
        return origin_ns_ + std::llround(static_cast<double>(clock_.now_ns() - origin_ns_) * speed_);
    }
    std::int64_t wall_ns() const noexcept override { return clock_.wall_ns(); }
    void sleep_until(std::int64_t at_ns) noexcept override {
        if (speed_ == 1.0) return clock_.sleep_until(at_ns);
        clock_.sleep_until(origin_ns_ + std::llround(static_cast<double>(at_ns - origin_ns_) / speed_));
    }

private:
    Clock& clock_;
    double speed_;
    std::int64_t origin_ns_;
};

}  // namespace tonus
