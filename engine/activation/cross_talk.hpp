#pragma once

#include <span>
#include <vector>

#include "engine/activation/nnls.hpp"

namespace tonus {

/// Settings of a CrossTalk.
struct CrossTalkConfig {
    bool enabled = false;          ///< off: nothing can isolate a trunk muscle, so M is never well known
    std::size_t n_sites = 0;
    /// M, row by row: what reaches site i of the amplitude of muscle j. Ones on the diagonal,
    /// 0 to 0.3 elsewhere.
    std::vector<double> coupling = {};
};

/// The coupling of a muscle to another site, from a trial where only the muscle should work:
/// sqrt of the ratio of the rises in power above rest, clipped to 0 .. 0.3.
///
/// Source     domain 5.5.
double coupling_from_trial(double site_power_rise, double muscle_power_rise) noexcept;

/// Takes cross-talk between sites off, in power: sources are uncorrelated, so powers add and
/// amplitudes do not.
///
/// Input      one amplitude per site, all in one unit (not %MVC: each site has its own maximum).
/// Output     a view of its own buffer, until the next call: the amplitudes of the muscles, as they
///            came when it is off, and NaN for all when one is missing, because what it would have
///            taken from the others is not known either. A model-based estimate, to be labelled so;
///            never an input of a load flag.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 5.5.
class CrossTalk {
public:
    /// Throws Error unless the matrix fits the sites (1 to 16) and the ranges above.
    explicit CrossTalk(CrossTalkConfig config);

    std::span<const double> process(std::span<const double> amplitude) noexcept;

private:
    bool enabled_;
    Nnls unmix_;
    std::vector<double> power_;
    std::vector<double> muscle_;
};

}  // namespace tonus
