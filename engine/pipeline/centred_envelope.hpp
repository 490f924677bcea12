#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/centred_rms.hpp"
#include "engine/load/group_cusum.hpp"
#include "engine/pipeline/kept_signal.hpp"
#include "engine/spectrum/spectrum.hpp"

namespace tonus {

/// Walks through a kept signal tick by tick: energies, and the RMS of the window around each tick.
///
/// Real time  next() does not allocate, lock, throw or call the system.
/// Source     domain 3.2.
class CentredEnvelope {
public:
    CentredEnvelope(const Rate& rate, const RmsConfig& config);

    /// The next tick; nothing after the last.
    /// @param spectrum  sees what is walked over; it may be absent
    std::optional<Tick<unit::Microvolt>> next(const KeptSignal& kept, const Lanes& signal_uv, Spectrum* spectrum = nullptr) noexcept;

    /// The energies of the 10 ms that the last tick returned ends with, without a status.
    std::span<const ChannelEnergy> energies() const noexcept { return energies_of(last_); }

    double delay_s() const noexcept { return rms_.delay_s(); }

private:
    bool advance(const KeptSignal& kept, const Lanes& signal_uv, Spectrum* spectrum) noexcept;
    void remember(const EnergyTick& tick) noexcept;
    std::span<const ChannelEnergy> energies_of(std::uint64_t tick) const noexcept;

    std::size_t n_channels_;
    BlockEnergy energy_;
    CentredRms rms_;
    BlockOfLanes block_;
    std::vector<ChannelEnergy> recent_;      // [tick % (half a window + 1)][channel]
    std::uint64_t last_ = 0;

    // Where next() has come to.
    std::size_t stretch_ = 0;
    std::uint64_t n_gap_done_ = 0;
    std::size_t n_frames_done_ = 0;          // of the stretch
    std::span<const EnergyTick> ticks_;
};

}  // namespace tonus
