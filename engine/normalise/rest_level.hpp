#pragma once

#include <optional>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"
#include "engine/normalise/mvc_reference.hpp"

namespace tonus {

/// Finds sigma_0, the noise of a resting muscle: the 20th percentile of the 250 ms RMS values,
/// which heart beats and fidgeting hardly move, put back to the mean but never above the median.
///
/// Input      RMS ticks of 250 ms while the person lies relaxed.
/// Threads    one at a time; allocates: a stage of calibration, not of the running path.
/// Source     domain 2.9.
class RestLevel {
public:
    static constexpr double kSecondsMin = 5.0;  ///< of valid data, per channel; 10 to 30 are better

    explicit RestLevel(std::size_t n_channels, double window_s = 0.25);

    void process(const Tick<unit::Microvolt>& envelope);

    /// Nothing while there are fewer than kSecondsMin of valid data.
    std::optional<double> rest_uv(std::size_t channel, double bandwidth_hz = kBandwidthHz) const;

private:
    double window_s_;
    std::vector<std::vector<float>> rms_uv_;
};

}  // namespace tonus
