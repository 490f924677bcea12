#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace tonus::bench {

/// While it lives, every core this process may use has a thread that computes and never waits.
class BusyCores {
public:
    explicit BusyCores(bool wanted);
    ~BusyCores();

    BusyCores(const BusyCores&) = delete;
    BusyCores& operator=(const BusyCores&) = delete;

private:
    std::atomic<bool> stop_{false};
    std::vector<std::thread> threads_;
};

}  // namespace tonus::bench
