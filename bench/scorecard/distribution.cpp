#include "bench/scorecard/distribution.hpp"

#include <algorithm>
#include <cmath>

namespace tonus::bench {

double percentile(const std::vector<std::int64_t>& sorted, double p) {
    if (sorted.empty()) return 0.0;
    const double rank = std::ceil(p * static_cast<double>(sorted.size()) - 1e-9);
    const auto index = static_cast<std::size_t>(std::clamp(rank - 1.0, 0.0, static_cast<double>(sorted.size() - 1)));
    return static_cast<double>(sorted[index]);
}

Distribution distribution_of(std::vector<std::int64_t> delays_ns) {
    std::sort(delays_ns.begin(), delays_ns.end());
    return {.p50_us = 1e-3 * percentile(delays_ns, 0.5),
            .p99_us = 1e-3 * percentile(delays_ns, 0.99),
            .p999_us = 1e-3 * percentile(delays_ns, 0.999),
            .max_us = 1e-3 * percentile(delays_ns, 1.0),
            .n = delays_ns.size()};
}

}  // namespace tonus::bench
