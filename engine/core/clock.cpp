#include "engine/core/clock.hpp"

#include <thread>

namespace tonus {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

std::int64_t SystemClock::now_ns() const noexcept {
    return nanoseconds{steady_clock::now().time_since_epoch()}.count();
}

std::int64_t SystemClock::wall_ns() const noexcept {
    return nanoseconds{system_clock::now().time_since_epoch()}.count();
}

void SystemClock::sleep_until(std::int64_t at_ns) noexcept {
    std::this_thread::sleep_until(
        steady_clock::time_point{std::chrono::duration_cast<steady_clock::duration>(nanoseconds{at_ns})});
}

}  // namespace tonus
