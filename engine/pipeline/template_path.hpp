#pragma once

#include <span>
#include <vector>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/ecg_template.hpp"
#include "engine/condition/mains_canceller.hpp"
#include "engine/condition/r_peak_detector.hpp"
#include "engine/core/aligned.hpp"
#include "engine/envelope/block_energy.hpp"
#include "engine/envelope/moving_rms.hpp"

namespace tonus {

/// ECG path B beside the main chain: 20-450 Hz, the heart subtracted by template, energies and RMS.
///
/// Input      what the gate gives, before the main chain filters it.
/// Output     for every tick of the main chain the envelope of 200 ms before.
/// Real time  process() and skip() do not allocate, lock, throw or call the system.
/// Source     domain 2.4.
class TemplatePath {
public:
    TemplatePath(const Rate& rate, std::size_t n_channels, double mains_hz, double window_s);

    /// Returns its samples, 200 ms late; a view until the next call.
    Block<unit::Microvolt> process(const Block<unit::Microvolt>& gated, const MainsState& mains) noexcept;
    void skip(std::size_t n_frames) noexcept;  ///< frames of a gap the filters do not run over
    void restart() noexcept;                   ///< after such a gap

    /// The ticks of the last call, as many as the main chain had.
    std::size_t n_ticks() const noexcept { return n_ticks_; }
    Tick<unit::Microvolt> tick(std::size_t k) const noexcept;
    std::span<const EnergyTick> energies() const noexcept { return energies_; }

private:
    void take(std::span<const EnergyTick> energies) noexcept;

    std::size_t n_channels_;
    Conditioner condition_;
    MainsCanceller mains_;
    RPeakDetector beats_;
    EcgTemplate ecg_;
    BlockEnergy energy_;
    MovingRms rms_;
    AlignedVector<float> samples_;
    std::span<const EnergyTick> energies_;
    std::size_t n_ticks_ = 0;
    std::vector<std::uint64_t> index_;   // [tick of this call]
    std::vector<float> value_;           // [tick of this call][channel]
    std::vector<Status> status_;
    std::uint64_t n_skipped_ = 0;        // since the last frame that was seen
};

}  // namespace tonus
