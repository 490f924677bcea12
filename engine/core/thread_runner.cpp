#include <atomic>
#include <cstring>
#include <exception>
#include <latch>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <pthread.h>

#include "engine/core/error.hpp"
#include "engine/core/thread_place.hpp"
#include "engine/core/worker.hpp"

namespace tonus {
namespace {

constexpr std::size_t kThreadNameMax = 15;  // Linux

// Locked memory keeps stacks resident whole; the usual 8 MiB a thread would be most of what Tonus
// takes (performance, "Figures to reach").
// Sanitizers keep their own books on it and want the usual one.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kStackBytes = 8 * 1024 * 1024;
#else
constexpr std::size_t kStackBytes = 512 * 1024;
#endif

/// What the threads of one run share.
struct Run {
    explicit Run(std::size_t n_threads) : ready(static_cast<std::ptrdiff_t>(n_threads)) {}

    std::latch ready;    // all threads are there
    std::latch start{1};
    std::atomic<bool> cancelled{false};
};

struct Seat {
    Worker* worker;
    Run* run;
    pthread_t thread = {};
};

void work(Worker& worker, const std::atomic<bool>& cancelled) noexcept {
    const bool spins = worker.thread_wish().spins;
    worker.enter();
    for (;;) {
        const std::uint32_t seen = worker.doorbell().count();
        const Next next = worker.step();
        if (next == Next::done || cancelled.load(std::memory_order_relaxed)) break;
        if (next != Next::wait) continue;
        if (spins) relax_cpu();
        else worker.doorbell().wait(seen, worker.wait_at_most());
    }
    worker.leave();
}

void* begin(void* given) noexcept {
    const Seat& seat = *static_cast<Seat*>(given);
    touch_stack();
    seat.run->ready.count_down();
    seat.run->start.wait();
    if (!seat.run->cancelled.load(std::memory_order_relaxed)) work(*seat.worker, seat.run->cancelled);
    return nullptr;
}

/// Makes the thread; returns errno's value.
int seat_thread(Seat& seat, const ThreadPlaces& places) {
    const ThreadWish wish = seat.worker->thread_wish();
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    const int failed = pthread_create(&seat.thread, &attributes, &begin, &seat);
    pthread_attr_destroy(&attributes);
    if (failed != 0) return failed;
    const std::string name{seat.worker->name().substr(0, kThreadNameMax)};
    pthread_setname_np(seat.thread, name.c_str());
    places.place(seat.thread, wish);
    return 0;
}

}  // namespace

void run_on_threads(std::span<Worker* const> workers, const std::function<void()>& before_start) {
    std::vector<ThreadWish> wishes;
    for (const Worker* worker : workers) {
        wishes.push_back(worker->thread_wish());
        check_thread_wish(wishes.back());
    }
    const ThreadPlaces places{wishes};

    Run run{workers.size()};
    std::vector<Seat> seats;
    for (Worker* worker : workers) seats.push_back({worker, &run});
    std::size_t n_seated = 0;
    int failed = 0;
    while (n_seated < seats.size() && failed == 0) {
        failed = seat_thread(seats[n_seated], places);
        if (failed == 0) ++n_seated;
    }
    std::exception_ptr trouble;
    try {
        if (failed == 0) {
            run.ready.wait();
            if (before_start) before_start();
        }
    } catch (...) {
        trouble = std::current_exception();
    }
    run.cancelled.store(failed != 0 || trouble, std::memory_order_relaxed);
    run.start.count_down();
    for (std::size_t i = 0; i < n_seated; ++i) pthread_join(seats[i].thread, nullptr);
    if (trouble) std::rethrow_exception(trouble);
    if (failed != 0) throw run_error(fmt::format("cannot start {} threads: {}", workers.size(), std::strerror(failed)));
}

}  // namespace tonus
