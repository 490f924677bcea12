#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"

namespace tonus {

struct CombineConfig {
    std::size_t n_channels = 0;
    /// The channels of each muscle. One side only: left and right are never merged before their
    /// balance is computed.
    std::vector<std::vector<std::size_t>> muscles = {};
};

/// Makes one activation of the several channels over one muscle: the root of their mean square,
/// each already a fraction of its own maximum.
///
/// In power, because a mean of roots keeps the bias of each and power has none; after normalising,
/// because electrodes a centimetre apart differ twofold in microvolts.
///
/// Input      fractions of MVC per channel every 10 ms.
/// Output     one value per muscle, over its valid channels, while at least half of them are. With
///            fewer: held if a channel still is, else invalid, with the strongest cause. A view of
///            its own buffer, until the next call.
/// Real time  process() does not allocate, lock, throw or call the system. It copies.
/// Source     domain 3.8; the half is that of domain 6.1.
class Combine {
public:
    /// Throws Error for a muscle without channels, a channel that is not there or is named twice.
    explicit Combine(CombineConfig config);

    Tick<unit::Mvc> process(const Tick<unit::Mvc>& activation) noexcept;

private:
    void combine(std::size_t muscle, const Tick<unit::Mvc>& activation) noexcept;

    std::vector<std::vector<std::size_t>> muscles_;
    std::vector<float> values_mvc_;
    std::vector<Status> status_;
};

/// As many independent channels as these are worth, when any two have this correlation between
/// their waveforms: K / (1 + (K - 1) rho^2). The signal-to-noise ratio grows with its root.
double effective_channels(std::size_t n_channels, double waveform_correlation) noexcept;

/// The same for unlike pairs: K^2 over the sum of all squared correlations, because the powers of
/// two normal signals correlate as the square of their waveforms do.
///
/// @param correlation  K x K, row by row, ones on the diagonal
/// Errors              Error unless it is square, K > 0, with values in -1 to 1.
double effective_channels(std::span<const double> correlation);

}  // namespace tonus
