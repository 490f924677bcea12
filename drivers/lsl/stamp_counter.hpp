#pragma once

#include <array>
#include <cstdint>

#include "engine/core/rate.hpp"

namespace tonus::lsl {

/// Numbers the frames of a stream that has no counter, only a time stamp a frame. Frames that follow
/// later than those before them have shown themselves to scatter were preceded by a loss.
///
/// Ambiguity  a loss shorter than the scatter of the stamps over the last four seconds is not seen, and
///            a pause that nobody has seen before, in which the sender kept what it had and stamped it
///            on sending, passes for one. In the first two seconds only a quarter of a second counts.
/// Real time  does not allocate, lock, throw or call the system.
class StampCounter {
public:
    explicit StampCounter(Rate rate) noexcept : rate_(rate) {}

    /// The number of the next frame. One without a stamp (not finite) follows the one before.
    std::uint64_t count(double stamp_s) noexcept;

    /// The sender's clock was set: what is known of its stamps is void, the numbers go on.
    void restart() noexcept { begun_ = false; }

private:
    struct Window {
        double low_s = 0.0, high_s = 0.0;
    };

    void begin(double stamp_s) noexcept;
    void note(double lateness_s, double stamp_s) noexcept;

    Rate rate_;
    std::uint64_t next_ = 0;
    std::uint64_t origin_ = 0;  // its frame, at origin_s_
    double origin_s_ = 0.0;
    std::array<Window, 2> windows_{};  // of how late frames were: this one, the one before
    double window_ends_s_ = 0.0;
    double learnt_at_s_ = 0.0;
    bool begun_ = false;
};

}  // namespace tonus::lsl
