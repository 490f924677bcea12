#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"
#include "engine/core/tick.hpp"
#include "engine/envelope/block_energy.hpp"

namespace tonus {

struct BayesLevelConfig {
    Rate rate = {};
    std::vector<double> mvc_uv = {};  ///< RMS at maximum of each channel; 0: it has none
    double bandwidth_hz = 160.0;      ///< statistical bandwidth: how much a sample is worth
    double drift = 0.002;  ///< chance to go up one level in 1 ms, and as much to go down; up to 0.05
    double jump = 1e-6;    ///< chance in 1 ms that the level is suddenly any other; up to 0.01
};

/// The level of effort that the signal makes most likely, when effort drifts slowly and seldom
/// jumps. As steady as an RMS of twice its length, and quicker over a step: prior knowledge is one
/// of the three things that beat a window.
///
/// A probability is kept for each of 64 levels, from 1 to 130 % of maximum in equal ratios. EMG at
/// level x is normal noise of standard deviation x, of which neighbouring samples tell nearly the
/// same: each counts as 2 bandwidth / rate.
///
/// Optional. A later filter of this kind is claimed in US 9,597,002 B2: take advice before it is
/// sold as a feature (domain 3.6).
///
/// Input      energies of conditioned samples every 10 ms. drift and jump are per millisecond, so
///            that they mean the same at any rate (and per sample at 1 kHz, as the domain has them).
/// Output     the mean of the probable levels, as a fraction of MVC, resting noise included. Valid
///            once 250 ms were seen; held for 1 s without samples, then invalid, with the cause.
/// Delay      about 100 ms in the median of a step from 20 to 40 %, 300 ms in one of twenty.
/// Real time  process() does not allocate, lock, throw or call the system. It copies.
/// Source     domain 3.6 (Sanger 2007).
class BayesLevel {
public:
    static constexpr std::size_t kLevels = 64;

    /// Throws Error for a missing rate or a parameter out of range.
    explicit BayesLevel(BayesLevelConfig config);

    Tick<unit::Mvc> process(const EnergyTick& tick) noexcept;

    /// The levels, as fractions of MVC, and how probable each is now.
    std::span<const double, kLevels> levels() const noexcept { return level_; }
    std::span<const double, kLevels> probability(std::size_t channel) const noexcept { return channels_[channel].probability; }

private:
    using Levels = std::array<double, kLevels>;
    struct Channel {
        double per_uv2 = 0.0;            // 1 / mvc^2; 0: no maximum
        Levels probability = {};
        std::uint32_t n_seen = 0;        // ticks with samples, up to what makes it valid
        std::uint32_t n_missing = 0;     // ticks since the last
    };
    void forget(Channel& channel) const noexcept;
    void let_time_pass(Levels& probability) const noexcept;
    double learn(Levels& probability, double energy_mvc2, double n_samples) const noexcept;
    Status judge(Channel& channel, const TickCounts& counts, bool is_number) const noexcept;

    double drift_, jump_;                // per tick
    double worth_;                       // of a sample: kappa
    Levels level_ = {}, log_level_ = {}, per_variance_ = {};  // x, ln x, 1 / (2 x^2)
    std::vector<Channel> channels_;
    std::vector<float> value_mvc_;
    std::vector<Status> status_;
};

}  // namespace tonus
