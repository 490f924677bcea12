#include "engine/core/doorbell.hpp"

#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace tonus {
namespace {

// std::atomic::wait has no timeout before C++26 and spins first; the futex is what it stands on.
long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* timeout) noexcept {
    static_assert(sizeof(word) == sizeof(std::uint32_t));
    return syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), operation, value, timeout,
                   nullptr, 0);
}

}  // namespace

void Doorbell::ring() noexcept {
    // Sequentially consistent on both sides: either the ringer sees the waiter, or the waiter
    // sees the new count.
    count_.fetch_add(1, std::memory_order_seq_cst);
    if (n_waiting_.load(std::memory_order_seq_cst) != 0) futex(count_, FUTEX_WAKE_PRIVATE, 1, nullptr);
}

void Doorbell::wait(std::uint32_t seen, std::chrono::nanoseconds timeout) noexcept {
    n_waiting_.fetch_add(1, std::memory_order_seq_cst);
    if (count_.load(std::memory_order_seq_cst) == seen) {
        const timespec relative{.tv_sec = static_cast<time_t>(timeout.count() / 1'000'000'000),
                                .tv_nsec = static_cast<long>(timeout.count() % 1'000'000'000)};
        futex(count_, FUTEX_WAIT_PRIVATE, seen, &relative);
    }
    n_waiting_.fetch_sub(1, std::memory_order_seq_cst);
}

}  // namespace tonus
