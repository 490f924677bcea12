#pragma once

#include <chrono>
#include <cstdint>
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

/// The body of one thread, cut into steps. The same workers run on threads of their own in a live
/// session, and in seeded order on one thread and a virtual clock in a simulated one.
class Worker {
public:
    virtual ~Worker() = default;

    virtual std::string_view name() const noexcept = 0;
    virtual void enter() noexcept {}  ///< first on its own thread: denormals, priority
    virtual Next step() noexcept = 0;
    virtual Doorbell& doorbell() noexcept = 0;
    virtual std::chrono::nanoseconds wait_at_most() const noexcept {
        return std::chrono::milliseconds{10};
    }
};

/// Runs each worker on a thread of its own until all are done.
/// Throws Error when a thread cannot be made; then none is left running.
void run_on_threads(std::span<Worker* const> workers);

/// Runs the workers in an order drawn from `seed` until all are done. The clock advances by
/// `tick` whenever all of them wait, as an idle machine's would.
void run_simulated(std::span<Worker* const> workers, VirtualClock& clock, std::uint64_t seed,
                   std::chrono::nanoseconds tick = std::chrono::milliseconds{1});

}  // namespace tonus
