#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/ring/frame_ring.hpp"

namespace tonus {

/// A record and the device it came from.
struct MergedRecord {
    std::size_t device = 0;
    FrameRecord record;
};

/// Hands out the records of several devices in the order of their arrival stamps, ties by device.
///
/// A record is handed out only when no other device can still bring an earlier one: its ring
/// holds a later record, it has been heard beyond that moment, or it is finished. So the order
/// does not depend on the threads, and a replay repeats it.
///
/// Delay      with several devices, until the slowest was last heard; with one, none.
/// Real time  front() and pop() do not allocate, lock, throw or call the system.
class StampMerge {
public:
    explicit StampMerge(std::vector<FrameRing::Reader> readers) : readers_(std::move(readers)) {}

    /// The next record, nothing when it has to be waited for. Valid until pop().
    std::optional<MergedRecord> front() noexcept;
    void pop() noexcept { readers_[chosen_].pop(); }

    /// True while this device's ring holds a record.
    bool has_record(std::size_t device) noexcept { return readers_[device].front().has_value(); }

    /// True when every device is finished and every record was popped.
    bool finished() noexcept;

private:
    std::vector<FrameRing::Reader> readers_;
    std::size_t chosen_ = 0;
};

}  // namespace tonus
