#pragma once

#include <cstddef>
#include <string_view>

#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"
#include "engine/envelope/block_energy.hpp"

namespace tonus {

/// The stages of the pipeline, in order.
enum class Stage { gate, mains_detector, quality, ecg_template, band_pass, mains, spikes, envelope, spectra, rows };
inline constexpr std::size_t kStages = 10;

constexpr std::string_view stage_name(Stage stage) noexcept {
    constexpr std::string_view kNames[kStages] = {"gate", "hum detector", "signal quality", "ECG template", "band-pass", "hum canceller",
                                                  "spikes, vibration", "energies, RMS", "spectra", "activation, flag, row"};
    return kNames[static_cast<std::size_t>(stage)];
}

/// Sees every stage's output of an offline run, to write it down or to compare it.
class Taps {
public:
    virtual ~Taps() = default;
    virtual void gated(std::size_t stream, const Block<unit::Microvolt>& emg) = 0;
    virtual void conditioned(std::size_t stream, const Block<unit::Microvolt>& emg) = 0;
    /// Frames of a long gap, which no stage but the energies sees.
    virtual void skipped(std::size_t stream, std::size_t n_frames) = 0;
    virtual void energy(std::size_t stream, const EnergyTick& tick) = 0;
    virtual void envelope(std::size_t stream, const Tick<unit::Microvolt>& tick) = 0;
    /// The samples of ECG path B, where it is on; 200 ms older than their place says.
    virtual void template_samples(std::size_t stream, const Block<unit::Microvolt>& emg) = 0;
    /// Energy and envelope of ECG path B, where it is on; 200 ms older than the tick says.
    virtual void template_tick(std::size_t stream, const EnergyTick& energy, const Tick<unit::Microvolt>& envelope) = 0;
    virtual void activation(const Tick<unit::Mvc>& tick) = 0;
    /// After each stage has done its part of a block or a tick: to measure what it takes.
    virtual void passed(Stage) noexcept {}
};

}  // namespace tonus
