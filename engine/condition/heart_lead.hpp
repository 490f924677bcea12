#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/rate.hpp"

namespace tonus {

/// Chooses the channel in which the heart stands out of the muscle most: the one with the largest
/// kurtosis in 8-40 Hz, looked at every 5 s. With none over 6 there is no heart to find.
///
/// Real time  take() does not allocate, lock, throw or call the system.
/// Source     domain 2.4, path B, step 1; 6 and 5 s [D].
class HeartLead {
public:
    HeartLead(Rate rate, std::size_t n_channels);

    /// One frame in 8-40 Hz with its flags. True when another channel was chosen, if it may be.
    bool take(std::span<const float> banded, std::span<const std::uint8_t> flags, bool may_change) noexcept;

    std::size_t channel() const noexcept { return channel_; }
    bool found() const noexcept { return found_; }

private:
    bool judge(bool may_change) noexcept;

    std::uint64_t n_judged_;                  // frames of one look
    std::vector<double> square_, fourth_;     // per channel, of this look
    std::vector<std::uint64_t> n_usable_;     // per channel
    std::uint64_t n_frames_ = 0;              // of this look
    std::size_t channel_ = 0;
    bool found_ = false;
};

}  // namespace tonus
