#pragma once

#include <span>
#include <vector>

#include "engine/condition/butterworth.hpp"

namespace tonus {

/// A cascade written with numerators that cost little: one gain in front, then sections that begin
/// with b0 = 1 and end with b2 = -1 or +1, so that neither has to be multiplied with.
struct UnitSections {
    double gain = 1.0;
    std::vector<Section> bands;  ///< 1 - z^-2: a zero at 0 Hz and one at half the rate
    std::vector<Section> pairs;  ///< 1 + b1 z^-1 + z^-2: both zeros at 0 Hz, at half the rate, or a notch
};

/// The same filter. A section of a band-pass with both zeros at one end of the band, as the usual
/// pairing has them, trades one with a section that has both at the other end.
///
/// Errors     Error for a section that is not of second order with zeros on the unit circle.
UnitSections unit_sections(std::span<const Section> sections);

}  // namespace tonus
