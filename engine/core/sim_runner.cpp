#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/core/random.hpp"
#include "engine/core/worker.hpp"

namespace tonus {

void run_simulated(std::span<Worker* const> workers, VirtualClock& clock, std::uint64_t seed,
                   std::chrono::nanoseconds tick) {
    Random random{seed};
    std::vector<Worker*> alive(workers.begin(), workers.end());
    for (Worker* worker : alive) worker->enter();

    // Every worker gets its chance in each round, but in a new order, and now and then is passed
    // over: a starved thread is the schedule that finds bugs.
    while (!alive.empty()) {
        for (std::size_t i = alive.size(); i > 1; --i) {
            std::swap(alive[i - 1], alive[random.below(i)]);
        }
        bool all_wait = true;
        std::vector<Worker*> finished;
        for (Worker* worker : alive) {
            if (random.uniform() < 0.25) {
                all_wait = false;
                continue;
            }
            const Next next = worker->step();
            if (next == Next::done) finished.push_back(worker);
            if (next != Next::wait) all_wait = false;
        }
        for (Worker* worker : finished) worker->leave();
        std::erase_if(alive, [&](Worker* worker) {
            return std::find(finished.begin(), finished.end(), worker) != finished.end();
        });
        if (all_wait) clock.advance(tick);
    }
}

}  // namespace tonus
