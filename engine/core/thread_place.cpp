#include "engine/core/thread_place.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "engine/core/error.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace tonus {
namespace {

cpu_set_t usable_set() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    sched_getaffinity(0, sizeof set, &set);
    return set;
}

/// Tried on this thread and undone, because limits, capabilities and containers all have a say.
int try_realtime(int priority) noexcept {
    const int policy_before = sched_getscheduler(0);
    sched_param before{}, wished{};
    sched_getparam(0, &before);
    wished.sched_priority = priority;
    if (sched_setscheduler(0, SCHED_FIFO, &wished) != 0) return errno;
    sched_setscheduler(0, policy_before, &before);
    return 0;
}

}  // namespace

std::vector<int> usable_cpus() {
    const cpu_set_t set = usable_set();
    std::vector<int> cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
    }
    return cpus;
}

void check_thread_wish(const ThreadWish& wish) {
    const std::vector<int> usable = usable_cpus();
    if (wish.cpu && std::find(usable.begin(), usable.end(), *wish.cpu) == usable.end()) {
        throw usage_error(fmt::format("core {} is not one this process may use: {}", *wish.cpu, fmt::join(usable, " ")));
    }
    if (wish.spins && usable.size() < 2) {
        throw usage_error("a spinning engine needs a core of its own, and this process may use only one: leave --spin out");
    }
    // FIFO threads that never sleep are stopped by the kernel for 50 ms of every second
    // (performance, pitfall 6).
    if (wish.spins && wish.realtime_priority > 0) {
        throw usage_error("--spin and --realtime do not go together: the kernel stops a real-time thread that never waits");
    }
    if (wish.realtime_priority == 0) return;
    if (const int refused = try_realtime(wish.realtime_priority); refused != 0) {
        throw usage_error(fmt::format("real-time priority is not allowed here ({}): raise the limit (ulimit -r {}), or leave "
                                      "--realtime out", std::strerror(refused), wish.realtime_priority));
    }
}

ThreadPlaces::ThreadPlaces(std::span<const ThreadWish> wishes) : shared_(usable_set()) {
    const cpu_set_t all = shared_;
    for (const ThreadWish& wish : wishes) {
        if (!wish.cpu) continue;
        any_wish_ = true;
        CPU_CLR(static_cast<std::size_t>(*wish.cpu), &shared_);
    }
    if (CPU_COUNT(&shared_) == 0) shared_ = all;
}

void ThreadPlaces::place(pthread_t thread, const ThreadWish& wish) const noexcept {
    if (any_wish_) {
        cpu_set_t set = shared_;
        if (wish.cpu) {
            CPU_ZERO(&set);
            CPU_SET(static_cast<std::size_t>(*wish.cpu), &set);
        }
        pthread_setaffinity_np(thread, sizeof set, &set);
    }
    if (wish.realtime_priority > 0) {
        sched_param parameters{};
        parameters.sched_priority = wish.realtime_priority;
        pthread_setschedparam(thread, SCHED_FIFO, &parameters);
    }
}

void touch_stack() noexcept {
    constexpr std::size_t kTouchedBytes = 128 * 1024, kPageBytes = 4096;
    volatile char bytes[kTouchedBytes];
    for (std::size_t i = 0; i < kTouchedBytes; i += kPageBytes) bytes[i] = 0;
    static_cast<void>(bytes[0]);
}

void relax_cpu() noexcept {
#if defined(__SSE2__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace tonus
