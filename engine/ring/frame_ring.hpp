#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/device/device.hpp"
#include "engine/ring/record_ring.hpp"

namespace tonus {

/// Frames of one read of one stream, as they lie in the ring.
struct FrameRecord {
    std::size_t stream = 0;
    std::uint64_t first_index = 0;
    /// Frames of this stream refused since the record before, because the ring was full. They
    /// are part of the jump of the index, and ours, not the device's.
    std::uint64_t overrun_before = 0;
    RawFrames frames;
};

/// Carries the frames of one device, all its streams, from its thread to the engine's.
///
/// A full ring refuses whole pushes and counts their frames exactly; it never waits and never
/// overwrites. The reader also learns up to which moment it has heard everything, so that the
/// frames of several devices can be merged in the order of their arrival.
class FrameRing {
public:
    /// Holds at least `seconds` of all streams.
    FrameRing(std::span<const StreamInfo> streams, double seconds);

    class Writer {
    public:
        explicit Writer(FrameRing& ring);
        Writer(Writer&&) noexcept = default;

        /// False when there was no room; then the frames are counted as overrun. Frames without
        /// an arrival stamp get `now_ns`.
        bool push(std::size_t stream, std::uint64_t first_index, const RawFrames& frames,
                  std::int64_t now_ns) noexcept;

        /// Everything with a stamp up to `session_ns` is in the ring.
        void heard_until(std::int64_t session_ns) noexcept;

        /// Around the taking of a stamp and the push of what bears it, where every push is stamped
        /// so: then the reader knows by its own clock what can no longer come, without waiting for
        /// heard_until(). Nothing is pushed outside once this was called.
        void begin_stamping() noexcept { ring_->stamping_.store(kStamping, std::memory_order_seq_cst); }
        void end_stamping() noexcept { ring_->stamping_.store(kBetweenStamps, std::memory_order_seq_cst); }

        /// Nothing more will come.
        void finish() noexcept;

    private:
        FrameRing* ring_;
        RecordRing::Writer bytes_;
        std::vector<std::uint64_t> overrun_pending_;
    };

    class Reader {
    public:
        explicit Reader(FrameRing& ring) noexcept : ring_(&ring), bytes_(ring.bytes_) {}
        Reader(Reader&&) noexcept = default;

        /// The oldest record, nothing when the ring is empty. Valid until pop().
        std::optional<FrameRecord> front() noexcept;
        void pop() noexcept { bytes_.pop(); }

        /// To be read before front() finds the ring empty: then nothing stamped earlier can come.
        /// @param now_ns  the session's time, read before the call. Nobody who takes stamps between
        ///                begin_stamping() and end_stamping(), and is not at it, can take an earlier one.
        std::int64_t heard_until(std::int64_t now_ns = kUnstamped) const noexcept {
            // A read that also writes, so that it cannot happen before the clock was read.
            const bool by_clock = ring_->stamping_.fetch_add(0, std::memory_order_seq_cst) == kBetweenStamps;
            const std::int64_t said_ns = ring_->heard_until_.load(std::memory_order_acquire);
            return by_clock ? std::max(now_ns, said_ns) : said_ns;
        }
        bool finished() const noexcept { return ring_->finished_.load(std::memory_order_acquire); }

    private:
        FrameRing* ring_;
        RecordRing::Reader bytes_;
    };

    /// Frames refused in all, also those after the last record. Any thread.
    std::uint64_t overrun_frames(std::size_t stream) const noexcept {
        return overrun_[stream].load(std::memory_order_relaxed);
    }

private:
    struct Header {
        std::uint64_t first_index;
        std::int64_t arrival_ns;
        std::uint64_t overrun_before;
        std::uint16_t stream;
        std::uint16_t after_absence;
        std::uint32_t n_frames;
    };
    struct Shape {
        SampleType type;
        std::size_t n_channels;
    };

    std::vector<Shape> shapes_;
    RecordRing bytes_;
    std::vector<std::atomic<std::uint64_t>> overrun_;
    static constexpr std::uint32_t kStampsOfOthers = 0, kStamping = 1, kBetweenStamps = 2;

    std::atomic<std::int64_t> heard_until_{kUnstamped};
    std::atomic<std::uint32_t> stamping_{kStampsOfOthers};
    std::atomic<bool> finished_{false};
};

}  // namespace tonus
