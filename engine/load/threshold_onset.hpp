#pragma once

#include <span>

#include "engine/condition/section_cascade.hpp"
#include "engine/load/onset.hpp"

namespace tonus {

/// Settings of a ThresholdOnset; the defaults are those of Hodges & Bui (1996).
struct ThresholdOnsetConfig {
    enum class Feature {
        rectified,  ///< |x|
        teager,     ///< |x[n]^2 - x[n-1] x[n+1]|: weighs fast changes, no measure of level
    };

    Feature feature = Feature::rectified;
    double low_pass_hz = 50.0;
    double n_sd = 1.0;      ///< of the smoothed baseline, above its mean
    double dwell_s = 0.05;  ///< how long it must stay above, or below
    Rate rate = {};

    /// The Teager-Kaiser operator ahead of the threshold: 3 SD for 25 ms.
    static ThresholdOnsetConfig teager_kaiser(Rate rate) {
        return {.feature = Feature::teager, .n_sd = 3.0, .dwell_s = 0.025, .rate = rate};
    }
};

/// Finds contractions where a smoothed feature stays above the baseline.
///
/// Input      conditioned EMG, sample by sample.
/// Output     onset and offset, each dated to the crossing. A sample that is not valid is skipped.
///            At one SD the offset is late by tenths of a second, because rest itself is above the
///            threshold a sixth of the time; take 3 SD where ends matter.
/// Delay      dwell_s after the crossing.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 3.7, 6.7.
class ThresholdOnset {
public:
    /// @param baseline  half a second or more of the same signal at rest
    /// Throws Error for a baseline that is none, and for settings out of their range.
    ThresholdOnset(ThresholdOnsetConfig config, std::span<const float> baseline);

    OnsetResult process(float sample, bool valid = true) noexcept;

    double threshold() const noexcept { return threshold_; }

private:
    bool smoothed_feature(double x, double& value) noexcept;

    ThresholdOnsetConfig::Feature feature_;
    SectionCascade<double> low_pass_;
    OnsetDwell dwell_;
    double threshold_ = 0.0;
    std::uint64_t index_ = 0;
    int n_known_ = 0;             // samples in a row, for the Teager operator
    double x1_ = 0.0, x2_ = 0.0;  // the last sample, and the one before
};

}  // namespace tonus
