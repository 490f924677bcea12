#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/normalise/normalise.hpp"
#include "engine/sinks/result.hpp"

namespace tonus {

/// While the body is vibrated: what lies below and above each estimate, as fractions of MVC.
///
/// Real time  set() and process() do not allocate, lock, throw or call the system.
/// Source     domain 2.8.
class EstimateBounds {
public:
    explicit EstimateBounds(std::span<const std::optional<MvcReference>> references);

    /// @param kept  what the comb keeps of the muscle: the estimate times this is the lower bound
    void set(std::size_t channel, float estimate_uv, double kept, float uncombed_uv) noexcept;

    /// Fills combed_mvc and uncombed_mvc of all channels.
    void process(std::span<ChannelResult> channels) noexcept;

private:
    Normalise normalise_;
    std::vector<float> combed_uv_, uncombed_uv_;
};

}  // namespace tonus
