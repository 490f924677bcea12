#include "bench/scorecard/busy_cores.hpp"

#include "engine/core/thread_place.hpp"

namespace tonus::bench {

BusyCores::BusyCores(bool wanted) {
    if (!wanted) return;
    for (std::size_t i = 0; i < usable_cpus().size(); ++i) {
        threads_.emplace_back([this] {
            for (volatile double x = 1.0; !stop_.load(std::memory_order_relaxed);) x = x * 0.999 + 0.001;
        });
    }
}

BusyCores::~BusyCores() {
    stop_.store(true, std::memory_order_relaxed);
    for (std::thread& thread : threads_) thread.join();
}

}  // namespace tonus::bench
