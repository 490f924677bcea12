#pragma once

#include <cstddef>
#include <optional>

#include "engine/envelope/moving_rms.hpp"

namespace tonus {

/// The offline twin of MovingRms: the window lies around the tick, not before it. It is the same
/// value, of the tick shift_ticks() later, to the bit.
///
/// Output     of the first and last ticks, from the part of the window that there is.
/// Delay      delay_s(): a window of an odd number of ticks lies around the middle of its tick, so
///            half a tick before the end, at which ticks are stamped. Else none.
/// Real time  process() and finish() do not allocate, lock, throw or call the system; but what
///            process() returns belongs to a tick half a window ago. It copies.
/// Source     domain 3.2, last lines; golden row G56.
class CentredRms {
public:
    explicit CentredRms(RmsConfig config);

    /// Takes the next tick. The value of the tick shift_ticks() before it; nothing for the first.
    std::optional<Tick<unit::Microvolt>> process(const EnergyTick& tick) noexcept;

    /// After the last tick: the values still owed, one a call, then nothing.
    std::optional<Tick<unit::Microvolt>> finish() noexcept;

    std::size_t shift_ticks() const noexcept { return shift_; }
    double delay_s() const noexcept { return rms_.delay_s() - static_cast<double>(shift_) * kTickS; }

private:
    MovingRms rms_;
    std::size_t shift_;
    std::size_t n_taken_ = 0;            // ticks, those of finish() too
    std::size_t n_owed_ = 0;
    std::uint64_t last_index_ = 0;
    std::vector<double> no_energy_;
    std::vector<TickCounts> no_counts_;  // of a tick beyond the end: as long as the last one
};

}  // namespace tonus
