#pragma once

#include <cstdint>
#include <span>

#include "engine/core/rate.hpp"

namespace tonus {

enum class Change : std::uint8_t { none, onset, offset };

/// What a detector of contractions says at one sample.
///
/// The sample at hand is the decision; `since` is the estimate. Publish both: the estimate is
/// known only when the decision falls.
struct OnsetResult {
    bool active = false;
    Change change = Change::none;  ///< decided at this sample
    std::uint64_t since = 0;       ///< of a change: the sample, from 0, at which it began
};

/// Lets a condition count only when it has held without a break for some samples, both ways.
class OnsetDwell {
public:
    explicit OnsetDwell(std::uint64_t n_samples) noexcept : n_samples_(n_samples == 0 ? 1 : n_samples) {}

    /// @param weight  samples that this call stands for
    OnsetResult process(bool above, std::uint64_t index, std::uint64_t weight = 1) noexcept {
        if (above == active_) {
            n_held_ = 0;
            return hold();
        }
        if (n_held_ == 0) since_ = index;
        n_held_ += weight;
        if (n_held_ < n_samples_) return hold();
        n_held_ = 0;
        active_ = above;
        return {.active = active_, .change = above ? Change::onset : Change::offset, .since = since_};
    }

    /// Nothing is known of this sample: as before.
    OnsetResult hold() const noexcept { return {.active = active_}; }

private:
    std::uint64_t n_samples_;
    std::uint64_t n_held_ = 0;
    std::uint64_t since_ = 0;
    bool active_ = false;
};

/// Throws Error unless the resting signal lasts half a second, is finite and not silent: every
/// detector needs a baseline to compare with.
void check_baseline(std::span<const float> baseline, Rate rate);

}  // namespace tonus
