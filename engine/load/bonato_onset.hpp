#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/load/onset.hpp"

namespace tonus {

/// The second threshold of Bonato's detector: how many of how many.
struct BonatoRule {
    int n_window = 5;  ///< m: successive values z that are looked at, at most 32
    int n_above = 1;   ///< r0: of them that must exceed the first threshold
};

/// The first threshold zeta / sigma^2 at which rest passes the rule with a probability.
/// Throws Error unless 1 <= n_above <= n_window <= 32 and 0 < false_alarm < 1.
double bonato_threshold(BonatoRule rule, double false_alarm);

/// The probability that white Gaussian muscle signal passes the rule at this threshold.
double bonato_detection(BonatoRule rule, double threshold, double snr_db);

/// Settings of a BonatoOnset.
struct BonatoOnsetConfig {
    BonatoRule rule = {};
    double false_alarm = 0.05;    ///< of one look at the window, at rest
    double burst_s_min = 0.03;    ///< shorter bursts and pauses do not count
    int whitening_order = 4;      ///< of the filter fitted to the baseline; 0 for none
    Rate rate = {};
};

/// Finds contractions by two thresholds (Bonato 1998): of the energy of two whitened samples, and
/// of how many of the last energies exceed it. Its false alarms are known beforehand.
///
/// The whitening is that of the baseline: the probabilities hold for independent samples at rest.
///
/// Input      conditioned EMG, sample by sample.
/// Output     onset, dated to the first energy above, and offset, dated after the last. A sample
///            that is not valid is skipped.
/// Delay      burst_s_min after the onset; m pairs more after an offset.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 6.7.
class BonatoOnset {
public:
    /// @param baseline  half a second or more of the same signal at rest
    BonatoOnset(BonatoOnsetConfig config, std::span<const float> baseline);

    OnsetResult process(float sample, bool valid = true) noexcept;

private:
    double whiten(double x) noexcept;

    BonatoRule rule_;
    std::vector<double> whitener_;  // a1, a2, ...
    std::vector<double> past_;      // as many samples, the newest first
    OnsetDwell dwell_;
    double threshold_ = 0.0;        // zeta
    std::uint64_t index_ = 0;
    double half_ = -1.0;            // the first of a pair, squared; negative: none
    std::uint64_t pair_start_ = 0;
    std::uint32_t above_ = 0;       // the last m decisions, the newest in bit 0
    std::uint64_t last_above_ = 0;  // sample after the last pair above
    std::vector<std::uint64_t> starts_;  // first samples of the last m pairs, by pair number
    std::uint64_t n_pairs_ = 0;
};

}  // namespace tonus
