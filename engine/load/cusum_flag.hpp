#pragma once

#include <cstdint>

#include "engine/core/rate.hpp"
#include "engine/core/tick.hpp"
#include "engine/load/energy_evidence.hpp"
#include "engine/load/flag_memory.hpp"
#include "engine/load/load_flag_types.hpp"

namespace tonus {

/// Settings of a CusumFlag.
struct CusumFlagConfig {
    double acceptable_mvc = 0.30;   ///< sigma0: a load that must not raise the flag
    double overload_mvc = 0.3704;   ///< sigma1: a load that must; a third lies between the two
    double threshold = 8.0;         ///< h: evidence at which the flag changes; more is slower and surer
    double bandwidth_hz = 160.0;    ///< statistical bandwidth B_s of the EMG (domain 3.1)
    Rate rate = {};                 ///< of the samples that the energies sum
};

/// The energy of one tick as fractions of MVC, or why there is none.
struct EnergyLoad {
    std::uint64_t index = 0;
    double energy_mvc2 = 0.0;      ///< sum of squares, resting noise taken off; see energy_mvc2()
    double n_valid = 0.0;          ///< samples in the sum
    bool valid = false;
    Reason reason = Reason::none;  ///< why there is no energy, or a part of it is missing
    bool saturated = false;        ///< it clips: the true energy is higher, and taken as twice the maximum
};

/// The energy of a tick with the resting noise taken off, as fractions of MVC squared. It may be
/// negative: below rest by chance, which must not be clipped away, or rest would read as load.
///
/// Source     domain 3.9, 6.4.
double energy_mvc2(double energy_uv2, double n_valid, double rest_uv, double mvc_uv) noexcept;

/// Says whether the load has risen above a third of maximum, faster than an envelope can.
///
/// The energies of 10 ms are evidence for overload or against it; the flag rises when the evidence
/// since its last zero exceeds a threshold, and clears in the same way. At equal false alarms it
/// is 1.5 to 6 times as fast as LoadFlag, whose rule is easier to explain.
///
/// Input      an energy per 10 ms tick. Give what is known when a part of a group is missing, with
///            the reason: picking out the ticks that happen to be large would raise it by chance.
/// Output     as LoadFlag: without an energy never `under`; a raised flag is held for 1 s, then it
///            is unknown, and the first energy starts anew. `since` is the most likely tick of the
///            change: the first after the evidence was last zero.
/// Delay      delay_s(load): it depends on how far the load is above the limit.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: a CusumFlag holds state.
/// Source     domain 6.4 (engine B).
class CusumFlag {
public:
    /// Throws Error unless 0 < acceptable < overload <= 2, threshold > 0 and 0 < 2 B_s <= rate.
    explicit CusumFlag(CusumFlagConfig config);

    LoadResult process(EnergyLoad load) noexcept;

    /// The load at which the evidence drifts neither way. The default levels put it at 33.21 %.
    double zero_drift_mvc() const noexcept { return evidence_.neutral_level(); }

    /// Roughly how long a steady load takes to raise the flag; infinite at the zero drift and below.
    double delay_s(double load_mvc) const noexcept;

private:
    LoadResult without_energy(Reason reason) noexcept;

    EnergyEvidence evidence_;
    double threshold_;
    double tick_samples_;
    FlagMemory memory_;
    double sum_ = 0.0;            // g: evidence for a change, never under zero
    std::uint64_t reset_ = 0;     // first tick after sum_ was last zero
};

}  // namespace tonus
