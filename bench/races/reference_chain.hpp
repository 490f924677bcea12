#pragma once

#include <vector>

#include "engine/condition/butterworth.hpp"

namespace tonus::bench {

// The chain that everybody computes (performance, "Reference chain"), scaled as to an MVC of 100 uV.
inline constexpr double kReferenceRateHz = 2000.0;
inline constexpr float kReferenceScale = 0.01f;

inline std::vector<Section> reference_sections() {
    std::vector<Section> sections = butterworth_band_pass(4, 20.0, 450.0, kReferenceRateHz);
    sections.push_back(notch(50.0, 30.0, kReferenceRateHz));
    return sections;
}

inline Section reference_low_pass() { return butterworth_low_pass(2, 5.0, kReferenceRateHz)[0]; }

}  // namespace tonus::bench
