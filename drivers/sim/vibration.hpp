#pragma once

#include <array>
#include <cstddef>

#include "engine/core/random.hpp"

namespace tonus {

/// A vibration plate as one electrode pair sees it.
/// Source  domain 11.5: a tone of 30 uV and two harmonics, here half and a quarter of it, and
///         muscle that answers every beat of the plate.
class Vibration {
public:
    Vibration(double hz, double sample_rate_hz, Random random);

    /// What the shaken electrode adds.
    double artefact_uv(double t_s) const noexcept;

    /// The reflex: the same potential every period, with an RMS of one.
    double reflex(double t_s) const noexcept;

private:
    double raw_reflex(double turn) const noexcept;

    double hz_, sample_rate_hz_;
    std::array<double, 3> artefact_turn_{};
    double reflex_turn_;
    double reflex_gain_ = 1.0;
};

}  // namespace tonus
