#include "engine/ring/record_ring.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace tonus {
namespace {

constexpr std::size_t kCapacityMin = 4096;

}  // namespace

RecordRing::RecordRing(std::size_t capacity_bytes)
    : mask_(std::bit_ceil(std::max(capacity_bytes, kCapacityMin)) - 1),
      data_(mask_ + 1) {}

std::span<std::byte> RecordRing::Writer::reserve(std::size_t n_bytes) noexcept {
    RecordRing& ring = *ring_;
    const std::uint64_t capacity = ring.capacity();
    const std::uint64_t size = stored_bytes(n_bytes);
    const std::uint64_t to_end = capacity - (tail_ & ring.mask_);
    const std::uint64_t skip = size > to_end ? to_end : 0;
    if (skip + size > capacity) return {};

    const auto is_full = [&] { return tail_ + skip + size - head_seen_ > capacity; };
    if (is_full()) {
        head_seen_ = ring.head_.load(std::memory_order_acquire);
        if (is_full()) return {};
    }
    if (skip > 0) std::memcpy(ring.at(tail_), &kSkip, kHeaderBytes);
    const std::uint64_t begin = tail_ + skip;
    const std::uint64_t n = n_bytes;
    std::memcpy(ring.at(begin), &n, kHeaderBytes);
    pending_ = begin + size;
    return {ring.at(begin) + bytes_at(n_bytes), n_bytes};
}

void RecordRing::Writer::commit() noexcept {
    tail_ = pending_;
    ring_->tail_.store(tail_, std::memory_order_release);
}

std::span<const std::byte> RecordRing::Reader::front() noexcept {
    RecordRing& ring = *ring_;
    if (head_ == tail_seen_) {
        tail_seen_ = ring.tail_.load(std::memory_order_acquire);
        if (head_ == tail_seen_) return {};
    }
    std::uint64_t n = 0;
    std::memcpy(&n, ring.at(head_), kHeaderBytes);
    if (n == kSkip) {
        // A skip is committed together with the record behind it, so there is one.
        head_ += ring.capacity() - (head_ & ring.mask_);
        std::memcpy(&n, ring.at(head_), kHeaderBytes);
    }
    next_ = head_ + stored_bytes(n);
    return {ring.at(head_) + bytes_at(n), static_cast<std::size_t>(n)};
}

void RecordRing::Reader::pop() noexcept {
    head_ = next_;
    ring_->head_.store(head_, std::memory_order_release);
}

}  // namespace tonus
