#include "engine/envelope/linear_chain.hpp"

#include <cmath>

#include "engine/condition/butterworth.hpp"

namespace tonus {

LinearChain::LinearChain(std::span<const Channel> channels, double cutoff_hz, double rate_hz) {
    const Section low_pass = butterworth_low_pass(2, cutoff_hz, rate_hz)[0];
    std::vector<UnitSections> units;
    for (const Channel& channel : channels) units.push_back(unit_sections(channel.sections));
    shape_ = lane_shape(units);
    shape_.envelope = true;
    kernel_ = lane_kernel<float>(shape_);
    coefficients_ = lane_coefficients<float>(shape_, units);
    const std::size_t first = shape_.n_coefficients() - 3;
    for (std::size_t lane = 0; lane < channels.size(); ++lane) {
        float* const group = coefficients_.data() + lane / kLaneGroup * shape_.n_coefficients() * kLaneGroup;
        // The filter runs on its output divided by b0, and a gain before the rectifier is one behind it.
        const double scale = channels[lane].scale * low_pass.b0 * std::abs(units[lane].gain);
        const double rows[] = {low_pass.a2, 4.0 * low_pass.b0, scale};
        for (std::size_t i = 0; i < 3; ++i) group[(first + i) * kLaneGroup + lane % kLaneGroup] = static_cast<float>(rows[i]);
    }
    states_.assign(shape_.n_groups() * shape_.n_states() * kLaneGroup, 0.0f);
}

}  // namespace tonus
