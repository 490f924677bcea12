#pragma once

#include <cstdint>
#include <vector>

#include "engine/load/load_flag.hpp"
#include "engine/sinks/sink.hpp"

namespace tonus {

/// Counts over a session what its summary says.
///
/// Real time  add() does not allocate, lock, throw or call the system.
/// Source     domain 6.6 (time above).
class Tally {
public:
    Tally(std::size_t n_channels, float limit_mvc) : limit_mvc_(limit_mvc), channels_(n_channels) {}

    void add(const ResultRow& row, const LoadTick& load, const LoadResult& flag) noexcept;

    void write_to(RunSummary& summary) const;

private:
    struct Mean {
        double sum = 0.0;
        double peak = 0.0;
        std::uint64_t n = 0;

        void add(float value) noexcept;
        double mean() const noexcept;  // NaN when there was none
    };

    float limit_mvc_;
    std::vector<Mean> channels_;
    Mean local_, global_;
    double end_s_ = 0.0;
    std::uint64_t n_ticks_ = 0, n_known_ = 0, n_over_limit_ = 0, n_over_ = 0, n_raised_ = 0;
};

}  // namespace tonus
