#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace tonus::bench {

/// One way to do the same work, called again and again.
struct Contender {
    std::function<void()> work;
    double items = 1.0;       ///< done by one call
    double best_per_s = 0.0;  ///< items per second in the fastest round
};

/// Takes turns, round after round, so that all see the same clock and the same neighbours, and keeps
/// each one's fastest round: what disturbs only ever slows.
inline void race(std::vector<Contender>& contenders, int n_rounds, double round_s = 0.004) {
    using Clock = std::chrono::steady_clock;
    const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
    for (int round = 0; round < n_rounds; ++round) {
        for (Contender& c : contenders) {
            int n_calls = 0;
            const Clock::time_point begin = Clock::now();
            double passed = 0.0;
            // Looking at the clock costs as much as a small block does: twice as much work between two looks.
            for (int n_between = 1; passed < round_s; n_between *= 2) {
                for (int i = 0; i < n_between; ++i) c.work();
                n_calls += n_between;
                passed = seconds(Clock::now() - begin);
            }
            c.best_per_s = std::max(c.best_per_s, n_calls * c.items / passed);
        }
    }
}

}  // namespace tonus::bench
