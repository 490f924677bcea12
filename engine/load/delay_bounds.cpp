#include "engine/load/delay_bounds.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {

double window_crossing_s(double window_s, LoadStep step, double limit_mvc) {
    if (!(window_s > 0.0 && step.from_mvc >= 0.0 && step.to_mvc >= 0.0 && limit_mvc > 0.0)) {
        throw usage_error(fmt::format(
            "delay: a window of {:.4g} s, a step from {:.4g} to {:.4g} and a limit of {:.4g} MVC: window and limit "
            "must be above zero, and no level under it", window_s, step.from_mvc, step.to_mvc, limit_mvc));
    }
    const auto power = [](double level) { return level * level; };
    if (step.from_mvc >= limit_mvc) return 0.0;
    if (step.to_mvc < limit_mvc) return std::numeric_limits<double>::infinity();
    return window_s * (power(limit_mvc) - power(step.from_mvc)) / (power(step.to_mvc) - power(step.from_mvc));
}

double detection_delay_bound_s(LoadStep step, DetectionTerms terms) {
    const double chances = 2.0 * terms.bandwidth_hz * terms.false_alarm_s;
    if (!(0.0 < step.from_mvc && step.from_mvc < step.to_mvc && terms.bandwidth_hz > 0.0 && chances > 1.0)) {
        throw usage_error(fmt::format(
            "delay: a step from {:.4g} to {:.4g} MVC at a bandwidth of {:.4g} Hz and a false alarm in {:.4g} s: it "
            "must rise from above zero, and the time hold more than one independent value",
            step.from_mvc, step.to_mvc, terms.bandwidth_hz, terms.false_alarm_s));
    }
    const double ratio = (step.to_mvc / step.from_mvc) * (step.to_mvc / step.from_mvc);
    const double divergence = 0.5 * (ratio - 1.0 - std::log(ratio));
    return std::log(chances) / (2.0 * terms.bandwidth_hz * divergence);
}

}  // namespace tonus
