#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tonus {

/// The seam through which all time is read. One monotonic clock orders everything; the wall clock
/// only labels recordings.
///
/// Threads  any; SystemClock and VirtualClock may be shared.
class Clock {
public:
    virtual ~Clock() = default;

    virtual std::int64_t now_ns() const noexcept = 0;       ///< monotonic
    virtual std::int64_t wall_ns() const noexcept = 0;      ///< since 1970-01-01 UTC
    virtual void sleep_until(std::int64_t at_ns) noexcept = 0;  ///< of the monotonic clock
};

class SystemClock final : public Clock {
public:
    std::int64_t now_ns() const noexcept override;
    std::int64_t wall_ns() const noexcept override;
    void sleep_until(std::int64_t at_ns) noexcept override;
};

/// Time that moves only when told, so that hours pass in seconds and every run is the same.
/// sleep_until() returns at once: a simulated run asks who waits, then advances (sim_runner.hpp).
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(std::int64_t wall_start_ns = 1'800'000'000'000'000'000) noexcept
        : wall_start_ns_(wall_start_ns) {}

    std::int64_t now_ns() const noexcept override { return now_ns_.load(std::memory_order_relaxed); }
    std::int64_t wall_ns() const noexcept override { return wall_start_ns_ + now_ns(); }
    void sleep_until(std::int64_t) noexcept override {}

    void advance(std::chrono::nanoseconds by) noexcept {
        now_ns_.fetch_add(by.count(), std::memory_order_relaxed);
    }

private:
    std::int64_t wall_start_ns_;
    std::atomic<std::int64_t> now_ns_{0};
};

}  // namespace tonus
