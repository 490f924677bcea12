#pragma once

#include <span>
#include <vector>

#include "engine/condition/lane_kernel.hpp"

namespace tonus {

/// From raw microvolts to the classical envelope in one pass: sections, rectified, second-order
/// Butterworth low-pass, clamped at 0, scaled. What LaneCascade and LinearEnvelope do one after the
/// other, in registers from end to end.
///
///     w = a2 w1 + (x + 2 x1 + x2) - 4 b0 y1,   y = y1 + w,   out = max(y, 0) b0 scale
///
/// Delay      of the sections, and 0.2251 / cutoff.
/// Same       as LaneCascade: for any number of channels, padding and cut into calls.
/// Real time  process() does not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
/// Source     domain 2.2, 2.3, 3.4; the increment form: performance, "accuracy".
class LinearChain {
public:
    struct Channel {
        std::vector<Section> sections;
        double scale = 1.0;  ///< 1 / MVC makes it a fraction of that
    };

    /// Throws Error unless 0 < cutoff_hz < rate_hz / 2, and where LaneCascade does.
    LinearChain(std::span<const Channel> channels, double cutoff_hz, double rate_hz);

    /// The next frames: microvolts come in, `scale` times their envelope goes out.
    void process(LaneFrames<float> frames) noexcept { kernel_(shape_, coefficients_.data(), states_.data(), frames); }

private:
    LaneShape shape_;
    LaneKernel<float> kernel_;
    AlignedVector<float> coefficients_;
    AlignedVector<float> states_;
};

}  // namespace tonus
