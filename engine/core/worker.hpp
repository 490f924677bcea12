#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "engine/core/clock.hpp"
#include "engine/core/doorbell.hpp"

namespace tonus {

/// What a worker asks for after a step.
enum class Next {
    again,  ///< there may be more to do
    wait,   ///< nothing to do until its doorbell rings or `wait_at_most` has passed
    done,   ///< finished; step() is not called again
};

/// What a worker wants of its thread, beyond having one.
struct ThreadWish {
    bool spins = false;             ///< looks again at once, and never waits for its doorbell
    std::optional<int> cpu = {};    ///< it runs there, and no thread of the other workers does
    int realtime_priority = 0;      ///< 1 to 99: SCHED_FIFO; 0: as any thread
};

/// The body of one thread, cut into steps. The same workers run on threads of their own in a live
/// session, and in seeded order on one thread and a virtual clock in a simulated one.
class Worker {
public:
    virtual ~Worker() = default;

    virtual std::string_view name() const noexcept = 0;
    virtual ThreadWish thread_wish() const noexcept { return {}; }
    virtual void enter() noexcept {}  ///< first on its own thread, when all of them are ready
    virtual void leave() noexcept {}  ///< last on its own thread
    virtual Next step() noexcept = 0;
    virtual Doorbell& doorbell() noexcept = 0;
    virtual std::chrono::nanoseconds wait_at_most() const noexcept {
        return std::chrono::milliseconds{10};
    }
};

/// Throws Error when this machine, or the rights of this process, do not allow a wish. Asked before
/// a run, so that nothing has started yet.
void check_thread_wish(const ThreadWish& wish);

/// Runs each worker on a thread of its own until all are done.
/// @param before_start  called once all threads are there and before any takes a step
/// Throws Error when a thread cannot be made or a wish not be granted; then none is left running.
void run_on_threads(std::span<Worker* const> workers, const std::function<void()>& before_start = {});

/// Runs the workers in an order drawn from `seed` until all are done. The clock advances by
/// `tick` whenever all of them wait, as an idle machine's would.
void run_simulated(std::span<Worker* const> workers, VirtualClock& clock, std::uint64_t seed,
                   std::chrono::nanoseconds tick = std::chrono::milliseconds{1});

}  // namespace tonus
