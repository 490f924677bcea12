#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/condition/vibration_comb.hpp"
#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/moving_rms.hpp"
#include "engine/envelope/whitening.hpp"

namespace tonus {

/// The comb of the main chain against a vibration of the body, and the envelope without it beside.
///
/// A reflex locked to the vibration lies at the lines that the comb takes away: what is left is a
/// lower bound of the muscle, the signal as it came an upper one (domain 2.8). What goes on down the
/// chain is the estimate between them: what the comb takes of the muscle itself is put back on average.
/// The upper bound is a moving RMS, whichever estimator the main chain has.
///
/// Real time  everything but the constructor does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state.
class VibrationPath {
public:
    /// @param whitening  per channel as in the main chain, so that the bound compares; empty: none
    VibrationPath(const Rate& rate, std::size_t n_channels, double window_s, std::span<const std::optional<WhiteningFit>> whitening);

    /// 0: there is none. Takes effect at the next frame.
    void set_frequency(double f_hz) noexcept { comb_.set_frequency(f_hz); }
    double frequency_hz() const noexcept { return comb_.frequency_hz(); }

    /// The estimate times this is the lower bound.
    double rms_kept() const noexcept { return comb_.rms_kept(); }

    /// Keeps the block as it is and combs it in place.
    void comb(Block<unit::Microvolt> emg) noexcept;

    /// Takes the energies of what was kept; `emg` is the same block with all its flags.
    void end_block(const Block<unit::Microvolt>& emg) noexcept;

    void skip(std::size_t n_frames) noexcept;  ///< frames of a long gap, instead of both
    void restart() noexcept;

    /// The upper bound at a tick of the last call, in order, each once. A view until the next.
    Tick<unit::Microvolt> uncombed_tick(std::size_t k) noexcept { return rms_.process(energies_[k]); }

private:
    VibrationComb comb_;
    BlockEnergy energy_;
    MovingRms rms_;
    std::optional<Whitening> whitening_;
    std::vector<float> uncombed_uv_;   // of the block under way
    std::vector<std::uint8_t> flags_;  // the same: whitening adds its own
    std::span<const EnergyTick> energies_;
};

}  // namespace tonus
