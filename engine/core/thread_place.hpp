#pragma once

#include <span>
#include <vector>

#include <pthread.h>
#include <sched.h>

#include "engine/core/worker.hpp"

namespace tonus {

/// The cores this process may use; a container or `taskset` may leave it few of the machine's.
std::vector<int> usable_cpus();

/// Where each thread of a run goes: one that wishes for a core has it to itself, the others share
/// the rest.
class ThreadPlaces {
public:
    explicit ThreadPlaces(std::span<const ThreadWish> wishes);

    /// Best effort: what may not be granted was refused by check_thread_wish() before.
    void place(pthread_t thread, const ThreadWish& wish) const noexcept;

private:
    bool any_wish_ = false;
    cpu_set_t shared_;
};

/// Writes to the pages of the stack that a step may come to use, so that none is missing then.
void touch_stack() noexcept;

/// Tells the core that this thread only waits for another to write.
void relax_cpu() noexcept;

}  // namespace tonus
