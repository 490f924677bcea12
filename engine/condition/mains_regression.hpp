#pragma once

#include <bitset>
#include <span>
#include <vector>

#include "engine/condition/mains_spectra.hpp"
#include "engine/condition/mains_track.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

/// The hum around one moment of a recording.
struct MainsSegment {
    double frequency_hz = 0.0;
    std::bitset<kMainsHarmonicsMax> harmonics = {};  ///< none: there is no hum
};

/// The hum of a channel, for the whole of a stretch: the offline twin of MainsCanceller.
///
/// Every second the cosines and sines of all harmonics are fitted by least squares to the 2 s around
/// it; from one fit to the next it is faded over. Each 100 ms weigh by the inverse of the muscle's
/// power: a burst says nothing of the hum beside it, and so leaves no trace there.
///
/// Input      conditioned microvolts of one channel; flagged samples are not fitted. Segment k is that of
///            second k; one behind the end is needed, as track_mains() gives it.
/// Output     to be subtracted, everywhere. Zero where fewer than half a second counts.
/// Source     domain 2.3, "Offline": sliding regression-subtraction.
std::vector<float> regress_mains(const FlaggedSignal& signal, const Rate& rate, std::span<const MainsSegment> segments);

}  // namespace tonus
