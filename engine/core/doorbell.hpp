#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace tonus {

/// One thread waits, any thread rings: the only wait of the engine thread.
///
/// A waiter takes `count()` before it looks for work, and hands it to `wait`; a ring in between
/// makes the wait return at once, so none is lost.
///
/// Real time  ring() calls the system only while somebody waits.
class Doorbell {
public:
    std::uint32_t count() const noexcept { return count_.load(std::memory_order_acquire); }

    void ring() noexcept;

    /// Returns once count() differs from `seen`, or after `timeout`; now and then without either,
    /// when a slow ringer's wake reaches the wait after. So look for work again whatever it was.
    void wait(std::uint32_t seen, std::chrono::nanoseconds timeout) noexcept;

private:
    std::atomic<std::uint32_t> count_{0};
    std::atomic<std::uint32_t> n_waiting_{0};
};

}  // namespace tonus
