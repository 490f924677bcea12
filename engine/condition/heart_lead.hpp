#pragma once

#include <cstdint>
#include <vector>

#include "engine/condition/square_sums.hpp"
#include "engine/core/aligned.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// Chooses the channel in which the heart stands out of the muscle most: the one with the largest
/// kurtosis in 8-40 Hz, looked at every 5 s. With none over 6 there is no heart to find.
///
/// Real time  add() and look() do not allocate, lock, throw or call the system.
/// Source     domain 2.4, path B, step 1; 6 and 5 s [D].
class HeartLead {
public:
    HeartLead(Rate rate, std::size_t n_channels);

    /// How many frames are missing to the next look.
    std::uint64_t frames_to_look() const noexcept { return n_judged_ - n_frames_; }
    /// At most so many, in 8-40 Hz, with their flags.
    void add(const FlaggedFrames<float>& banded) noexcept;
    /// When none are missing. True when another channel was chosen, if it may be.
    bool look(bool may_change) noexcept;

    std::size_t channel() const noexcept { return channel_; }
    bool found() const noexcept { return found_; }

private:
    std::uint64_t n_judged_;                  // frames of one look
    std::size_t n_channels_;
    AlignedVector<double> square_, fourth_;   // per lane, of this look
    std::vector<std::uint64_t> n_usable_;     // per lane
    std::uint64_t n_frames_ = 0;              // of this look
    std::size_t channel_ = 0;
    bool found_ = false;
};

}  // namespace tonus
