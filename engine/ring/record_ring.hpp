#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/core/aligned.hpp"

namespace tonus {

/// A lock-free queue of byte records from one thread to one other.
///
/// The writer reserves room, fills it in place and commits; the reader looks at the front record
/// in place and pops it. Every record is contiguous. A full ring refuses the record: nothing that
/// was not read is overwritten.
///
/// Real time  neither end allocates, waits or calls the system.
/// Threads    one Writer and one Reader; the ring outlives both.
/// Order      commit() releases what was written to the reader that acquires it, pop() hands the
///            room back in the same way (checked in every order: tests/model). Each end keeps a copy of the other's position on its own
///            cache line and looks again only when the copy says full or empty.
class RecordRing {
public:
    /// Room for at least `capacity_bytes` with headers. Memory is touched here, not at first use.
    explicit RecordRing(std::size_t capacity_bytes);

    class alignas(kAlignment) Writer {
    public:
        explicit Writer(RecordRing& ring) noexcept : ring_(&ring) {}
        Writer(Writer&&) noexcept = default;
        Writer& operator=(Writer&&) noexcept = default;

        /// Room for one record, 8-byte aligned; empty when the ring is full.
        std::span<std::byte> reserve(std::size_t n_bytes) noexcept;

        /// Publishes the record last reserved.
        void commit() noexcept;

    private:
        RecordRing* ring_;
        std::uint64_t tail_ = 0;        // end of what was committed
        std::uint64_t pending_ = 0;     // end of what was reserved
        std::uint64_t head_seen_ = 0;   // the reader's position when last looked at
    };

    class alignas(kAlignment) Reader {
    public:
        explicit Reader(RecordRing& ring) noexcept : ring_(&ring) {}
        Reader(Reader&&) noexcept = default;
        Reader& operator=(Reader&&) noexcept = default;

        /// The oldest record; empty when there is none. Valid until pop().
        std::span<const std::byte> front() noexcept;

        /// Frees the front record. Only after front() gave one.
        void pop() noexcept;

    private:
        RecordRing* ring_;
        std::uint64_t head_ = 0;
        std::uint64_t next_ = 0;        // where the record after the front one begins
        std::uint64_t tail_seen_ = 0;
    };

    std::size_t capacity() const noexcept { return mask_ + 1; }

    /// The largest record that fits an empty ring, wherever its ends stand.
    std::size_t record_bytes_max() const noexcept { return capacity() / 2 - kAlignment; }

    /// What a record takes of the capacity.
    static constexpr std::size_t stored_bytes(std::size_t n_bytes) noexcept {
        return (bytes_at(n_bytes) + n_bytes + kAlignment - 1) / kAlignment * kAlignment;
    }

private:
    // A record is a header with its size, then its bytes, and begins on a cache line of its own: headers never
    // wrap, and the writer of one record never disturbs the reader of the record before. A size of kSkip sends
    // the reader to the start of the buffer.
    static constexpr std::size_t kHeaderBytes = 8;
    static constexpr std::uint64_t kSkip = ~std::uint64_t{0};

    /// A small record shares the line of its header, so that it crosses between the cores as one. The bytes of a
    /// larger one begin on the next: copied to 8 bytes behind a line, every store would cross two.
    static constexpr std::size_t bytes_at(std::size_t n_bytes) noexcept {
        constexpr std::size_t kSmallBytes = 256;
        return n_bytes < kSmallBytes ? kHeaderBytes : kAlignment;
    }
    std::byte* at(std::uint64_t position) noexcept { return data_.data() + (position & mask_); }

    std::size_t mask_;
    AlignedVector<std::byte> data_;
    alignas(kAlignment) std::atomic<std::uint64_t> tail_{0};  // written by the writer
    alignas(kAlignment) std::atomic<std::uint64_t> head_{0};  // written by the reader
};

}  // namespace tonus
