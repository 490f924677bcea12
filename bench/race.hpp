#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tonus::bench {

/// One way to do the same work, called again and again.
struct Contender {
    std::string name;
    std::function<void()> work;
    double items = 1.0;      ///< done by one call
    double best_per_s = 0.0; ///< items per second in the fastest round
};

/// Takes turns, round after round, so that all see the same clock and the same neighbours, and keeps
/// each one's fastest round: what disturbs only ever slows.
inline void race(std::vector<Contender>& contenders, int n_rounds = 15, double round_s = 0.004) {
    using Clock = std::chrono::steady_clock;
    const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
    for (int round = 0; round < n_rounds; ++round) {
        for (Contender& c : contenders) {
            // Looking at the clock costs as much as a small block does.
            constexpr int kBetweenLooks = 50;
            int n_calls = 0;
            const Clock::time_point begin = Clock::now();
            double passed = 0.0;
            do {
                for (int i = 0; i < kBetweenLooks; ++i) c.work();
                n_calls += kBetweenLooks;
                passed = seconds(Clock::now() - begin);
            } while (passed < round_s);
            c.best_per_s = std::max(c.best_per_s, n_calls * c.items / passed);
        }
    }
}

}  // namespace tonus::bench
