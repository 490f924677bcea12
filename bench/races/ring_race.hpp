#pragma once

namespace tonus::bench {

/// Of one queue between two threads, one that writes and one that reads. 0: not measured.
struct RingRates {
    double items_per_s = 0.0;    ///< of 8 bytes
    double frames_per_s = 0.0;   ///< of 64 bytes
    double round_trip_ns = 0.0;  ///< of one item of 8 bytes, there and back through two queues
};

/// The upper quartile of many short rounds, in which they take turns: neither those in which a neighbour had a
/// core, nor the luckiest, because a queue has two paces, by whether it runs full or empty.
struct RingRace {
    RingRates ours;     ///< 256 items a record
    RingRates boost;    ///< boost::lockfree::spsc_queue, 256 items a call; round trip: one
    /// rigtorp's SPSCQueue is not packaged. In its place stands the same design written plainly: Lamport's
    /// queue, one item at a time, each end with a cached copy of the other's index on its own cache line.
    RingRates lamport;
};

/// Needs two cores. Fewer rounds where they take long.
RingRace race_rings(int n_rounds, double round_s = 0.002);

}  // namespace tonus::bench
