#include <atomic>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <pthread.h>

#include "engine/core/error.hpp"
#include "engine/core/worker.hpp"

namespace tonus {
namespace {

constexpr std::size_t kThreadNameMax = 15;  // Linux

void run(Worker& worker, const std::atomic<bool>& cancelled) noexcept {
    worker.enter();
    for (;;) {
        const std::uint32_t seen = worker.doorbell().count();
        const Next next = worker.step();
        if (next == Next::done || cancelled.load(std::memory_order_relaxed)) return;
        if (next == Next::wait) worker.doorbell().wait(seen, worker.wait_at_most());
    }
}

}  // namespace

void run_on_threads(std::span<Worker* const> workers) {
    std::atomic<bool> cancelled{false};
    std::vector<std::thread> threads;
    threads.reserve(workers.size());
    try {
        for (Worker* worker : workers) {
            threads.emplace_back([worker, &cancelled] { run(*worker, cancelled); });
            const std::string name{worker->name().substr(0, kThreadNameMax)};
            pthread_setname_np(threads.back().native_handle(), name.c_str());
        }
    } catch (const std::system_error& error) {
        cancelled.store(true, std::memory_order_relaxed);
        for (std::thread& thread : threads) thread.join();
        throw run_error(fmt::format("cannot start {} threads: {}", workers.size(), error.what()));
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace tonus
