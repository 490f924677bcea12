#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/condition/mains_spectra.hpp"

namespace tonus {

/// Beyond this no electrode goes, and no weight follows.
inline constexpr double kHumElectrodeMaxUv = 10e6;

/// Of one harmonic in one frame: cosine and sine, and both times 2 mu.
inline constexpr std::size_t kHumTurns = 4;

/// Frames with their padding, `stride` apart, and what is to be taken off them.
template <class T>
struct HumTask {
    T* samples_uv;
    const std::uint8_t* flags;
    std::size_t stride, n_frames, n_harmonics;
    std::array<T*, kMainsHarmonicsMax> weights;  ///< of each harmonic `stride` for the cosine, then for the sine
    const T* turns;                              ///< [frame][harmonic][kHumTurns]
};

/// Subtracts the harmonics from each channel, frame after frame, and moves its weights by what is left, unless
/// the sample is flagged or beyond any electrode.
void cancel_hum(const HumTask<float>& task) noexcept;
void cancel_hum(const HumTask<double>& task) noexcept;

}  // namespace tonus
