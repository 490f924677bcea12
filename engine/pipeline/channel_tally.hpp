#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"
#include "engine/load/load_flag.hpp"

namespace tonus {

/// Counts of each channel over a session: mean, peak, and for how long its muscle's own flag was up.
///
/// Real time  add() does not allocate, lock, throw or call the system.
class ChannelTally {
public:
    ChannelTally(std::size_t n_channels, const LoadFlagConfig& load);

    /// @param status_changed  false: every status is that of the last call, and only values are new
    void add(const Tick<unit::Mvc>& activation, bool status_changed) noexcept;

    std::size_t n_channels() const noexcept { return flags_.size(); }
    double over_s(std::size_t channel) const noexcept;
    double mean_mvc(std::size_t channel) const noexcept;  ///< of its valid ticks; NaN: none
    double peak_mvc(std::size_t channel) const noexcept;

private:
    void take_status(std::span<const Status> status) noexcept;
    void process_flag(std::size_t channel, const Tick<unit::Mvc>& activation) noexcept;

    std::uint64_t n_valid(std::size_t channel) const noexcept { return n_valid_[channel] + valid_[channel] * n_since_; }

    // Per channel, side by side: looked at every tick, and seldom anything but a sum to add to.
    std::vector<std::uint32_t> valid_, n_valid_;  // 1 or 0 now; ticks until the last change of a status
    std::uint32_t n_since_ = 0;                   // ticks since then
    std::vector<std::uint32_t> over_, n_over_;    // 1 or 0 now; ticks so far
    std::uint32_t n_on_ = 0;                      // channels that are over
    std::vector<double> sum_mvc_;
    std::vector<float> peak_mvc_;
    std::vector<float> most_mvc_;                 // what a value may add: 0 while it is not valid
    std::vector<float> quiet_above_mvc_, quiet_below_mvc_;  // in between the flag has nothing to do
    std::vector<LoadFlag> flags_;
};

}  // namespace tonus
