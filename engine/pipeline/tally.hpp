#pragma once

#include <cstdint>
#include <vector>

#include "engine/load/apdf.hpp"
#include "engine/load/load_flag.hpp"
#include "engine/load/target_band.hpp"
#include "engine/pipeline/channel_tally.hpp"
#include "engine/pipeline/montage_tick.hpp"
#include "engine/sinks/sink.hpp"
#include "engine/spectrum/hold_recorder.hpp"

namespace tonus {

/// Counts over a session what its summary says.
///
/// Real time  add() does not allocate, lock, throw or call the system.
/// Source     domain 6.6 (time above).
class Tally {
public:
    Tally(std::size_t n_channels, const LoadFlagConfig& load);

    /// @param of  what the row was made of
    void add(const ResultRow& row, const MontageTick& of, const Tick<unit::Mvc>& activation, const LoadTick& load,
             const LoadResult& flag) noexcept;

    void write_to(RunSummary& summary) const;

private:
    struct Mean {
        double sum = 0.0;
        std::uint64_t n = 0;

        void add(float value) noexcept;
        double mean() const noexcept;  // NaN when there was none
    };

    void follow_hold(std::size_t ch, const ChannelResult& channel, double time_s) noexcept;

    float limit_mvc_;
    ChannelTally channels_;
    std::vector<HoldRecorder> holds_;  // per channel
    Mean local_, global_;
    Apdf apdf_;
    TargetBand band_;
    double end_s_ = 0.0;
    std::uint64_t n_ticks_ = 0, n_known_ = 0, n_over_limit_ = 0, n_over_ = 0, n_raised_ = 0, n_estimate_ = 0;
};

}  // namespace tonus
