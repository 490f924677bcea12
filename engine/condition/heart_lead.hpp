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
/// Real time  add(), look() and restart() do not allocate, lock, throw or call the system.
/// Source     domain 2.4, path B, step 1; 6 and 5 s [D].
class HeartLead {
public:
    /// @param rate  of the frames that are added
    HeartLead(Rate rate, std::size_t n_channels);

    /// Filters began anew: the next look begins.
    void restart() noexcept;
    /// A frame in 8-40 Hz with its flags. What comes in the first half second of a look does not count: filters may settle.
    void add(const float* banded, const std::uint8_t* flags) noexcept;
    bool is_due() const noexcept { return n_frames_ >= n_judged_; }
    /// When it is due. True when another channel was chosen.
    bool look() noexcept;

    std::size_t channel() const noexcept { return channel_; }
    bool found() const noexcept { return found_; }

private:
    double kurtosis(std::size_t channel) const noexcept;

    std::uint64_t n_settling_, n_judged_;     // frames of one look
    std::size_t n_channels_;
    AlignedVector<double> square_, fourth_;   // per lane, of this look
    std::vector<std::uint64_t> n_flagged_;    // per lane
    std::uint64_t n_frames_ = 0;              // of this look
    std::size_t channel_ = 0;
    bool found_ = false;
};

}  // namespace tonus
