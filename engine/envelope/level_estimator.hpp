#pragma once

#include <optional>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"
#include "engine/core/tick.hpp"
#include "engine/envelope/bayes_level.hpp"
#include "engine/envelope/exponential_power.hpp"

namespace tonus {

/// How the level of EMG is read off. All are of the same family: they read the RMS of a constant
/// effort, so that one reference serves them all.
enum class Estimator {
    rms,          ///< of a moving window (domain 3.2)
    exponential,  ///< power under a fading memory of half the window (3.3)
    bayes,        ///< the most likely level (3.6)
};

struct LevelEstimatorConfig {
    Estimator kind = Estimator::rms;
    Rate rate = {};
    std::size_t n_channels = 0;
    double window_s = 0.25;             ///< of the RMS beside it
    std::vector<double> mvc_uv = {};    ///< bayes: per channel; 0 leaves the channel with its RMS
};

/// Puts another estimate in the place of the moving RMS, whose validity it keeps.
///
/// Input      the conditioned samples of a block, then each tick that ended in it.
/// Real time  begin(), tick(), end() and restart() do not allocate, lock, throw or call the system.
class LevelEstimator {
public:
    explicit LevelEstimator(const LevelEstimatorConfig& config);

    /// The block whose ticks come next; it stays in place until end().
    void begin(const Block<unit::Microvolt>& conditioned) noexcept;
    /// @return microvolts, with the status of `rms`; a view until the next call
    Tick<unit::Microvolt> tick(const EnergyTick& energy, const Tick<unit::Microvolt>& rms) noexcept;
    void end() noexcept;

    /// A tick of a long gap, of which there are no samples.
    Tick<unit::Microvolt> skipped(const EnergyTick& energy, const Tick<unit::Microvolt>& rms) noexcept;

    double delay_s() const noexcept { return delay_s_; }

private:
    Tick<unit::Microvolt> by_power(const Tick<unit::Microvolt>& rms) noexcept;
    Tick<unit::Microvolt> by_chance(const EnergyTick& energy, const Tick<unit::Microvolt>& rms) noexcept;

    Rate rate_;
    double delay_s_;
    std::vector<double> mvc_uv_;
    std::optional<ExponentialPower> exponential_;
    std::optional<BayesLevel> bayes_;
    std::uint64_t n_frames_ = 0;             // taken so far
    std::optional<Block<unit::Microvolt>> block_;
    std::size_t n_taken_ = 0;                // of the block
    std::uint32_t n_settle_;                 // ticks until the memory is full
    std::uint32_t n_ticks_ = 0;              // since the start or a long gap
    std::vector<float> value_uv_;
    std::vector<Status> status_;
};

}  // namespace tonus
