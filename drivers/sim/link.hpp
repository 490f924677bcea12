#pragma once

#include <cstdint>

#include "drivers/sim/options.hpp"
#include "engine/core/random.hpp"

namespace tonus {

/// The radio between the simulated device and us: when a packet comes, or that it never does.
///
/// Source  domain 11.5 (Gilbert-Elliott losses, duplicates, reorder, delay + exponential jitter, clock skew).
class SimLink {
public:
    explicit SimLink(const SimOptions& options);

    /// True for a packet that is lost. Asked once per packet, in order.
    bool loses() noexcept;

    /// True for a packet that the radio sends twice, and for one that the next packet overtakes.
    /// Asked once per packet, in order.
    bool repeats() noexcept { return duplicates_ > 0.0 && repeat_random_.uniform() < duplicates_; }
    bool delays() noexcept { return reorder_ > 0.0 && reorder_random_.uniform() < reorder_; }

    /// Arrival of a packet whose last frame the device sampled at this time of its own, in ns.
    /// Stamps never fall: they are our own clock's.
    std::int64_t arrival_ns(double device_time_s) noexcept;

private:
    double loss_, duplicates_, reorder_, delay_s_, jitter_s_, device_per_host_;
    Random loss_random_, delay_random_, repeat_random_, reorder_random_;
    bool bad_ = false;
    std::int64_t last_ns_ = 0;
};

}  // namespace tonus
