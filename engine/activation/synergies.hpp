#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tonus {

/// Settings of a search for synergies.
struct SynergyConfig {
    std::size_t n_restarts = 50;         ///< from random starts: the best is kept, the error has many minima
    std::size_t n_iterations_max = 1000;
    double vaf_step_min = 1e-5;          ///< ten iterations that explain less than this more are the last
    double vaf_min = 0.90;               ///< of all sites together, for a number of synergies to suffice
    double site_vaf_min = 0.75;          ///< of each site
    std::uint64_t seed = 1;              ///< the same seed gives the same synergies
};

/// Envelopes of several sites over time, none negative, site after site.
struct Envelopes {
    std::span<const double> values;
    std::size_t n_sites = 0;
};

/// What envelopes are made of: envelope(site, frame) = sum over s of weight(site, s) activation(s, frame).
struct Synergies {
    std::size_t n_synergies = 0;
    std::vector<double> weights = {};      ///< [site][synergy]; the largest of each synergy is 1
    std::vector<double> activations = {};  ///< [synergy][frame]
    double vaf = 0.0;                      ///< variance accounted for, uncentred: 1 - |V - WH|^2 / |V|^2
    std::vector<double> site_vaf = {};     ///< of each site; 1 for one that is silent
    bool sufficient = false;               ///< vaf and site_vaf reach their minima
};

/// Factorises envelopes into a given number of synergies (Lee & Seung's multiplicative updates).
///
/// Input      zero-phase linear envelopes of 4 to 6 Hz, all in %MVC or each of unit variance: say
///            which, because %MVC biases synergies towards the sites with high values.
/// Real time  no: it allocates and takes seconds. It belongs behind a recording.
/// Errors     Error for values that are negative, no numbers or all zero, and for sizes that do
///            not fit: 1 <= n_synergies <= n_sites.
/// Source     domain 5.6.
Synergies factorise(Envelopes envelopes, std::size_t n_synergies, const SynergyConfig& config = {});

/// The smallest number of synergies that suffices; as many as sites when none does.
Synergies find_synergies(Envelopes envelopes, const SynergyConfig& config = {});

}  // namespace tonus
