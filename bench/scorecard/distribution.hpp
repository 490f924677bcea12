#pragma once

#include <cstdint>
#include <vector>

namespace tonus::bench {

/// How a delay spreads, in microseconds.
struct Distribution {
    double p50_us = 0.0;
    double p99_us = 0.0;
    double p999_us = 0.0;
    double max_us = 0.0;
    std::uint64_t n = 0;  ///< delays measured
};

/// The value that the fraction `p` of the sorted values does not exceed (nearest rank): always one that
/// occurred, so that a tail is not made up between two.
double percentile(const std::vector<std::int64_t>& sorted, double p);

/// All zero for no delays.
Distribution distribution_of(std::vector<std::int64_t> delays_ns);

}  // namespace tonus::bench
