#pragma once

#include <cstddef>

namespace tonus::bench {

/// Channel-samples per second of one core, of the reference chain at 2 kHz in blocks of 32 frames. 0 where
/// it was not built, or cannot do that many channels.
struct ChainRates {
    double ours = 0.0;
    double yardstick = 0.0;  ///< the best of its forms
    double eigen = 0.0, scalar_float = 0.0, scalar_double = 0.0;
    double liquid = 0.0, brainflow = 0.0;
};

ChainRates race_chains(std::size_t n_channels, int n_rounds);

}  // namespace tonus::bench
