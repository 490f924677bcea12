#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace tonus {

struct ApdfConfig {
    float limit_mvc = 1.0f / 3.0f;  ///< of the time above and the mean excess
};

/// The three levels that Jonsson (1978) reads from the distribution. "Static level" is a low
/// percentile, not static work; his limits are for hours of work, not for training.
struct ApdfLevels {
    double static_mvc = 0.0;  ///< P10
    double median_mvc = 0.0;  ///< P50
    double peak_mvc = 0.0;    ///< P90
};

/// The amplitude probability distribution of an activation over a task, as it streams by.
///
/// Input      an activation per 10 ms tick as a fraction of MVC. Ticks without a value are left out
///            of every share: what is not known is neither above nor below.
/// Output     nothing until the first valid tick; then percentiles to 0.25 % of MVC between 0 and
///            200 %, the share of time at or above the limit and by how much on average.
/// Real time  process() does not allocate, lock, throw or call the system; percentile() walks
///            401 counters.
/// Source     domain 6.6.
class Apdf {
public:
    /// Throws Error unless 0 < limit_mvc <= 2.
    explicit Apdf(ApdfConfig config = {});

    void process(float value_mvc, bool valid = true) noexcept;

    /// The level not exceeded in this share of the time, 0 to 1: 0.1 is P10.
    std::optional<double> percentile(double share) const noexcept;
    std::optional<ApdfLevels> levels() const noexcept;

    /// The share of the valid ticks at or above the limit.
    std::optional<double> time_above() const noexcept;

    /// How far over the limit the ticks at or above it are on average, as a fraction of MVC.
    std::optional<double> mean_excess_mvc() const noexcept;

    std::uint64_t n_valid() const noexcept { return n_valid_; }

private:
    // Bins of 0.5 % lie around their level, so that a constant load reads as itself within half a
    // bin. The first and the last are half bins: nothing lies under 0 or over 200 %.
    static constexpr std::size_t kBins = 401;
    static constexpr double kBinMvc = 0.005;

    float limit_mvc_;
    std::array<std::uint64_t, kBins> counts_{};
    std::uint64_t n_valid_ = 0;
    std::uint64_t n_above_ = 0;
    double excess_mvc_ = 0.0;
};

}  // namespace tonus
