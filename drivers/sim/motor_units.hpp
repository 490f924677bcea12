#pragma once

#include <cstddef>
#include <vector>

#include "engine/core/random.hpp"

namespace tonus {

inline constexpr std::size_t kMotorUnits = 120;
inline constexpr double kMuapS = 1.945e-3;  ///< lambda of every unit's potential

/// One motor unit of the pool.
/// Source  domain 11.6 (Fuglevand, Winter & Patla 1993).
struct MotorUnit {
    double threshold = 0.0;  ///< excitation at which it is recruited, 1 to 30
    double twitch = 0.0;     ///< amplitude of its twitch, 1 to 100
    double twitch_s = 0.0;   ///< contraction time: strong units are quick
};

/// The unit i of 1 to 120, in the order of recruitment.
MotorUnit motor_unit(std::size_t i) noexcept;

/// Pulses per second of a unit at an excitation; 0 before it is recruited.
double firing_rate_hz(const MotorUnit& unit, double excitation) noexcept;

/// The excitation at which the last unit fires at its fastest.
double excitation_max() noexcept;

/// A unit's potential at the skin: the first Hermite-Rodriguez function, centred on 0.
double muap(double t_s, double lambda_s = kMuapS) noexcept;

/// The signal of one muscle, made of the potentials of its motor units.
///
/// Input   the activation as a fraction of the maximum, lead_s() ahead of time.
/// Output  a signal whose RMS is the activation: which excitation gives which RMS is tabulated
///         from the units' rates and potentials, and what the steps of recruitment leave over is
///         evened out. Below the RMS of the first unit alone, that unit is made smaller.
/// Delay   lead_s(): half of a potential.
/// Source  domain 11.6. The factor for depth, 0.5 to 1, is ours.
class MotorUnits {
public:
    MotorUnits(double sample_rate_hz, Random random);

    double next(double activation) noexcept;

    double lead_s() const noexcept;

private:
    struct Drive {
        double excitation;
        double rms;  ///< as a fraction of the maximum's
    };
    struct Source {
        MotorUnit unit;
        double height;      ///< of its potential
        double done = 0.0;  ///< of the interval between two pulses, in mean intervals
        double due = 1.0;
    };
    void tabulate();
    double interval() noexcept;
    void fire(const Source& source, double ago_frames, double gain) noexcept;

    double sample_rate_hz_;
    Random random_;
    std::vector<Source> sources_;
    std::vector<Drive> drives_;    ///< by rising excitation
    std::vector<double> coming_;   ///< ring of the frames to come
    std::size_t at_ = 0;
};

}  // namespace tonus
