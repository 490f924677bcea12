#pragma once

#include <array>
#include <cstdint>

#include "engine/core/random.hpp"

namespace tonus {

/// The filter that gives white noise the spectrum of surface EMG: one zero and three poles made
/// digital by the bilinear transform, of unit RMS for unit white input.
///
/// Source  domain 11.1 (Shwedyk 1977; Stulen & De Luca 1981).
struct EmgShape {
    double gain = 1.0;                 ///< of the numerator (1, 1, -1, -1)
    std::array<double, 3> feedback{};  ///< a1, a2, a3

    /// `stretch` scales both corner frequencies, as fatigue lowers them.
    static EmgShape design(double sample_rate_hz, double stretch = 1.0);
};

/// The filter at work.
class EmgShapeFilter {
public:
    explicit EmgShapeFilter(const EmgShape& shape) noexcept : shape_(shape) {}

    double process(double x) noexcept {
        const double y = shape_.gain * (x + x_[0] - x_[1] - x_[2]) - shape_.feedback[0] * y_[0] -
                         shape_.feedback[1] * y_[1] - shape_.feedback[2] * y_[2];
        x_ = {x, x_[0], x_[1]};
        y_ = {y, y_[0], y_[1]};
        return y;
    }

private:
    EmgShape shape_;
    std::array<double, 3> x_{};
    std::array<double, 3> y_{};
};

/// The signal of one muscle at full contraction with an RMS of one.
///
/// Fatigue lowers its spectrum and raises its amplitude: every half second a new filter fades in
/// while the old one fades out, both fed with the same noise (domain 11.3).
class EmgSource {
public:
    /// @param heavy_tails  kurtosis 4 in place of a Gaussian's 3
    EmgSource(double sample_rate_hz, double fatigue_per_s, Random random, bool heavy_tails = false);

    double next() noexcept;

private:
    void start_fade();
    double tailed(double x) const noexcept;

    double sample_rate_hz_;
    double fatigue_per_s_;
    bool heavy_tails_;
    Random random_;
    EmgShapeFilter old_;
    EmgShapeFilter new_;
    std::uint64_t fade_frames_;
    std::uint64_t frame_ = 0;
};

}  // namespace tonus
