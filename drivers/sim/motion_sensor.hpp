#pragma once

#include <cstdint>

#include "drivers/sim/trunk.hpp"
#include "engine/core/random.hpp"

namespace tonus {

/// A motion sensor on a segment of the trunk, with the errors of common ones.
///
/// It sits turned by up to 25 degrees on soft tissue that swings by 1.5 degrees at 3 Hz while the
/// trunk moves; its axes have noise, and a bias that walks. A vibrating plate shakes it up and down
/// as far as its rate can show.
///
/// Source  domain 11.7. Noise is given at 100 Hz; at other rates its density stays.
class MotionSensor {
public:
    MotionSensor(const SimOptions& options, Segment segment);

    struct Sample {
        Vector3 acceleration_m_s2;   ///< specific force: +9.81 up at rest
        Vector3 angular_rate_rad_s;
    };
    Sample next() noexcept;

    /// What it would say at a time without noise and bias.
    Sample exact(double t_s) const noexcept;

    /// How it sits: from the segment to the sensor.
    const Quaternion& mounting() const noexcept { return mounting_; }

private:
    SimOptions options_;
    Segment segment_;
    TrunkMotion motion_;
    Random random_;
    Quaternion mounting_{};
    double wobble_turn_ = 0.0;
    Vector3 gyro_bias_rad_s_{}, acceleration_bias_m_s2_{};
    std::uint64_t frame_ = 0;
};

}  // namespace tonus
