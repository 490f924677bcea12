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

    /// @param status_changed  false: every status is that of the last call, and only values are new
    Tick<unit::Mvc> process(const Tick<unit::Microvolt>& envelope, bool status_changed = true) noexcept;

    /// The values alone; 0 without a usable reference.
    std::span<const float> values(std::span<const float> envelope_uv) noexcept;

private:
    // Per channel. Without a usable reference 0.
    std::vector<float> rest_uv2_;
    std::vector<float> per_uv_;  // 1 / sqrt(mvc^2 - rest^2)
    std::vector<Reason> problem_;
    std::vector<float> values_;
    std::vector<Status> status_;
};

}  // namespace tonus
