#pragma once

#include <span>

#include "engine/load/energy_evidence.hpp"
#include "engine/load/onset.hpp"

namespace tonus {

/// Settings of a CusumOnset.
struct CusumOnsetConfig {
    double power_ratio = 4.0;      ///< r: of the least contraction looked for to the baseline
    double threshold = 12.0;       ///< h: evidence at which the decision falls
    double bandwidth_hz = 160.0;   ///< statistical bandwidth B_s of the EMG (domain 3.1)
    Rate rate = {};
};

/// Finds contractions by the evidence that the energy is above the baseline, and dates them back to
/// where that evidence was last zero: the most likely moment of the change, and the least error of
/// the detectors here.
///
/// Each sample is weighed alone, not 10 ms of them: the sums are the same, and the date is as fine
/// as the samples.
///
/// Input      conditioned EMG, sample by sample.
/// Output     onset and offset. A sample that is not valid is left out.
/// Delay      none fixed: 13 ms in the median for a step to 10 dB over the baseline, 70 ms for a
///            ramp of 100 ms (tests/load/onset_test.cpp).
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 6.4, 6.7.
class CusumOnset {
public:
    /// @param baseline  half a second or more of the same signal at rest
    CusumOnset(CusumOnsetConfig config, std::span<const float> baseline);

    OnsetResult process(float sample, bool valid = true) noexcept;

private:
    EnergyEvidence evidence_;
    double threshold_;
    std::uint64_t index_ = 0;
    double sum_ = 0.0;         // g
    std::uint64_t reset_ = 0;  // first sample after g was last zero
    bool active_ = false;
};

}  // namespace tonus
