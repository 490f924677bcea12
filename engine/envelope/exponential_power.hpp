#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/core/block.hpp"
#include "engine/core/rate.hpp"

namespace tonus {

struct ExponentialPowerConfig {
    Rate rate = {};
    std::size_t n_channels = 0;
    double tau_s = 0.125;  ///< as exact and as late as an RMS over twice this
};

/// The power of every channel under an exponentially fading memory: one number a channel, no
/// window to keep.
///
/// Input      conditioned microvolts. A flagged sample leaves the power as it is, and so does one
///            that is not finite: it would stay in the memory for ever.
/// Delay      tau_s.
/// Real time  process(), rms() and restart() do not allocate, lock, throw or call the system. It copies.
/// Source     domain 3.3.
class ExponentialPower {
public:
    /// Throws Error unless there is a rate and tau_s is at least one sample and at most 60 s.
    explicit ExponentialPower(ExponentialPowerConfig config);

    void process(const Block<unit::Microvolt>& block) noexcept;

    /// The RMS of each channel after the last sample. A view, until the next call.
    std::span<const float> rms() noexcept;

    /// Forgets the past: as if zeros had come for ever.
    void restart() noexcept;

    double delay_s() const noexcept { return tau_s_; }

private:
    double tau_s_;
    double alpha_;
    std::vector<double> power_uv2_;
    std::vector<float> rms_uv_;
};

/// When the read-out of an ExponentialPower that has settled on `from` passes `threshold`, after a
/// step of the true level to `to`; 0 if it is there already, nothing if it never gets there.
std::optional<double> time_to_cross(double tau_s, double from, double to, double threshold) noexcept;

}  // namespace tonus
