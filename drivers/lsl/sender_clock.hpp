#pragma once

#include <cstdint>

#include "drivers/lsl/liblsl.hpp"
#include "engine/core/clock.hpp"

namespace tonus::lsl {

/// What the clock of a stream's sender shows against this machine's, by LSL's time correction: asked every
/// five seconds and smoothed, begun anew where a clock was set.
///
/// Threads  one, the inlet's own.
/// Source   protocols/lsl 4.
class SenderClock {
public:
    SenderClock(const Liblsl& api, Clock& clock) noexcept : api_(api), clock_(clock) {}

    /// The first comparison takes a few round trips, up to two seconds.
    void start(Inlet inlet) noexcept;

    /// Asks again when it is time; liblsl measures in the background and answers at once.
    /// True when the sender's clock was set: what was known of its stamps is void.
    bool follow(Inlet inlet) noexcept;

    /// A stamp of the sender's on LSL's clock of this machine.
    double here_s(double stamp_s) const noexcept { return stamp_s + correction_s_; }

    /// How long ago a stamp was; 0 where nothing is known of the sender's clock, or the stamp is no time.
    double age_s(double stamp_s) const noexcept;

private:
    const Liblsl& api_;
    Clock& clock_;
    double correction_s_ = 0.0;
    bool is_known_ = false;
    std::int64_t asked_ns_ = 0;
};

}  // namespace tonus::lsl
