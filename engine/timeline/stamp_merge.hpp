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

/// Hands out the records of several devices in the order of their arrival stamps, ties by device. A stamp is
/// taken back by what the device's link is known to delay everything: what they tell of one moment comes
/// together.
///
/// A record is handed out only when no other device can still bring an earlier one: its ring
/// holds a later record, it has been heard beyond that moment, or it is finished. So the order
/// does not depend on the threads, and a replay repeats it.
///
/// Delay      none with one device, or while all are stamped as they are pushed; otherwise until the
///            slowest was last heard; and what comes early waits for what a link delays.
/// Real time  front() and pop() do not allocate, lock, throw or call the system.
class StampMerge {
public:
    /// @param delays_ns  of each device's link; those not named have none
    explicit StampMerge(std::vector<FrameRing::Reader> readers, std::span<const std::int64_t> delays_ns = {});

    /// The next record, nothing when it has to be waited for. Valid until pop().
    /// @param now_ns  the session's time, for devices whose frames are stamped as they are pushed
    std::optional<MergedRecord> front(std::int64_t now_ns = kUnstamped) noexcept;
    void pop() noexcept { readers_[chosen_].pop(); }

    /// True while this device's ring holds a record.
    bool has_record(std::size_t device) noexcept { return readers_[device].front().has_value(); }

    std::size_t n_devices() const noexcept { return readers_.size(); }

    /// True when every device is finished and every record was popped.
    bool finished() noexcept;

private:
    std::vector<FrameRing::Reader> readers_;
    std::vector<std::int64_t> delays_ns_;
    std::size_t chosen_ = 0;
};

}  // namespace tonus
