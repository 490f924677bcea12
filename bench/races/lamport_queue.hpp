#pragma once

#include <array>
#include <atomic>
#include <cstddef>

#include "engine/core/aligned.hpp"

namespace tonus::bench {

/// The well-known queue: one item at a time, and a cached copy of the other end's index.
template <class Item, std::size_t kCapacity>
class LamportQueue {
public:
    bool push(const Item& item) {
        const std::size_t at = tail_.load(std::memory_order_relaxed);
        if (at - head_seen_ == kCapacity && at - (head_seen_ = head_.load(std::memory_order_acquire)) == kCapacity) return false;
        items_[at % kCapacity] = item;
        tail_.store(at + 1, std::memory_order_release);
        return true;
    }
    bool pop(Item& item) {
        const std::size_t at = head_.load(std::memory_order_relaxed);
        if (at == tail_seen_ && at == (tail_seen_ = tail_.load(std::memory_order_acquire))) return false;
        item = items_[at % kCapacity];
        head_.store(at + 1, std::memory_order_release);
        return true;
    }

private:
    alignas(kAlignment) std::atomic<std::size_t> tail_{0};
    alignas(kAlignment) std::size_t head_seen_ = 0;
    alignas(kAlignment) std::atomic<std::size_t> head_{0};
    alignas(kAlignment) std::size_t tail_seen_ = 0;
    alignas(kAlignment) std::array<Item, kCapacity> items_{};
};

}  // namespace tonus::bench
