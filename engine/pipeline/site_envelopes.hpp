#pragma once

#include <cstddef>
#include <vector>

#include "engine/pipeline/channel_samples.hpp"

namespace tonus {

/// The linear envelopes of all channels of a recording, zero-phase, for synergies.
struct SiteEnvelopes {
    std::vector<double> values;  ///< site after site
    std::size_t n_sites = 0;
    std::size_t n_frames = 0;    ///< instants at which every site was valid
    bool of_mvc = false;         ///< fractions of MVC; else each site of unit variance, for want of references
};

/// Rectified, averaged over 10 ms, low-passed at 5 Hz both ways; resting noise off in power where
/// there are references. At most 4000 instants, evenly over the recording: enough for weights of
/// muscles, and few enough for a search from fifty starts.
///
/// Memory     100 values a second and channel.
/// Throws Error for fewer than three channels or under 10 s of valid signal, and as run_offline() does.
/// Source     domain 3.4, 5.6.
SiteEnvelopes site_envelopes(std::span<Device* const> devices, const Session& session, const RunControl& control = {});

}  // namespace tonus
