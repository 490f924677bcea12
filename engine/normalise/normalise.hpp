#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/tick.hpp"
#include "engine/normalise/mvc_reference.hpp"

namespace tonus {

/// Turns an envelope into a fraction of the calibrated maximum, resting noise taken off in power:
///
///     a = sqrt(max(rms^2 - rest^2, 0)) / sqrt(mvc^2 - rest^2),   clipped to 0 .. 2
///
/// Input      an RMS envelope in microvolts; same filters as in the calibration.
/// Output     a view of its own buffer, until the next call. A channel without a usable
///            reference is invalid, with the reason.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Source     domain 3.9, 5.1.
class Normalise {
public:
    explicit Normalise(std::span<const std::optional<MvcReference>> references);

    Tick<unit::Mvc> process(const Tick<unit::Microvolt>& envelope) noexcept;

private:
    struct Scale {
        float rest_uv2 = 0.0f;
        float per_uv = 0.0f;  // 1 / sqrt(mvc^2 - rest^2)
        Reason problem = Reason::mvc_missing;
    };
    std::vector<Scale> scales_;
    std::vector<float> values_;
    std::vector<Status> status_;
};

}  // namespace tonus
