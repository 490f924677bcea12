#pragma once

#include <vector>

#include "engine/core/tick.hpp"
#include "engine/envelope/block_energy.hpp"

namespace tonus {

struct RmsConfig {
    std::size_t n_channels = 0;
    double window_s = 0.25;  ///< whole ticks, 0.05 to 2
};

/// The RMS of the last window, from the energies of its ticks. No energy is ever subtracted from a
/// running sum, so nothing stays wrong after a spike.
///
/// Output     valid while at least half of the window's samples count; below that the last value
///            is held for 1 s, then invalid. With the strongest cause.
/// Delay      half the window.
/// Real time  process() does not allocate, lock, throw or call the system. It copies.
/// Source     domain 2.6, 2.7, 3.2.
class MovingRms {
public:
    explicit MovingRms(RmsConfig config);

    Tick<unit::Microvolt> process(const EnergyTick& tick) noexcept;

    double delay_s() const noexcept { return 0.5 * static_cast<double>(window_) * kTickS; }

private:
    void count(const EnergyTick& tick) noexcept;
    void end_round() noexcept;
    void judge(std::size_t channel, double energy, const TickCounts& sum) noexcept;

    std::size_t n_channels_;
    std::size_t window_;               // in ticks
    std::size_t n_ticks_ = 0;          // in the ring, at most window_
    std::size_t next_ = 0;             // slot; a round is once around the ring
    std::vector<double> energy_;       // [slot][channel]; from next_ on, of it and all after it in the last round
    std::vector<double> round_;        // [channel], since this round began
    std::vector<double> zeros_;        // [channel], what is left of a round at its end
    std::vector<TickCounts> counts_;   // [slot][channel]
    std::vector<std::uint32_t> n_clean_frames_;  // [slot], if all frames of all channels count; else 0
    std::size_t n_clean_ = 0;          // slots where they do
    std::vector<double> sum_;          // [channel], over the window
    std::vector<TickCounts> count_;
    std::vector<float> rms_uv_;
    std::vector<Status> status_;
    std::vector<std::uint32_t> n_held_;  // ticks since the last valid value
};

}  // namespace tonus
