#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// How alike a signal is to itself some samples later, gathered sample by sample: the mean product
/// of pairs, for lags 0 to n_lags. Its size is fixed, however long the contraction lasts.
///
/// Input      a conditioned signal, whose mean is 0. A flagged sample enters no pair.
/// Real time  process() and restart() do not allocate, lock, throw or call the system; each sample
///            costs n_lags products, so it is meant for a calibration, not for every minute.
class Autocorrelation {
public:
    Autocorrelation(std::size_t n_channels, std::size_t n_lags);

    void process(const Block<unit::Microvolt>& block) noexcept;

    /// After a gap: what comes makes no pairs with what was. The sums stay.
    void restart() noexcept;

    /// Pairs at lag 0: the samples that count.
    std::uint64_t n_samples(std::size_t channel) const noexcept { return static_cast<std::uint64_t>(pairs_[channel]); }
    std::size_t n_lags() const noexcept { return n_lags_; }

    /// Mean products at lag 0 .. n_lags, in squared microvolts; 0 where no pair has come.
    std::vector<double> of(std::size_t channel) const;

private:
    std::size_t n_channels_;
    std::size_t n_lags_;
    std::size_t next_ = 0;        // slot of the frame to come
    std::vector<double> past_;    // [slot][channel], 0 where a sample does not count
    std::vector<double> counts_;  // [slot][channel], 1 or 0
    std::vector<double> sums_;    // [lag][channel]
    std::vector<double> pairs_;   // whole numbers, in double so that one loop does both
};

struct BandwidthConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    double lag_s = 0.05;  ///< EMG after a high-pass of 20 Hz has forgotten itself by then
};

/// Measures the statistical bandwidth of a contraction at constant effort: the number from which
/// the error of every envelope follows (accuracy.hpp), from the wearer's own signal.
///
/// Input      conditioned microvolts, 5 s or more; what whitening or another filter passes on is
///            measured as it is. Hum narrows the result, as it should: it makes no better RMS.
/// Output     nothing before 1 s of samples that count, or when there was no signal. Over 5 s of
///            model EMG it spreads by 3 %.
/// Real time  process() and restart() do not allocate, lock, throw or call the system. It copies.
/// Source     domain 3.1.
class BandwidthMeter {
public:
    /// Throws Error unless there is a rate and lag_s is 1 sample to 1 s.
    explicit BandwidthMeter(BandwidthConfig config);

    void process(const Block<unit::Microvolt>& block) noexcept { autocorrelation_.process(block); }
    void restart() noexcept { autocorrelation_.restart(); }

    std::optional<double> bandwidth_hz(std::size_t channel) const;

private:
    double rate_hz_;
    Autocorrelation autocorrelation_;
};

/// The statistical bandwidth of a known autocorrelation at lags 0, 1, 2 ... samples; what lies
/// beyond the last is taken as 0. Throws Error unless the power at lag 0 is above 0.
double statistical_bandwidth_hz(std::span<const double> autocorrelation, double rate_hz);

}  // namespace tonus
