#pragma once

#include <array>
#include <cstdint>

#include "drivers/sim/options.hpp"
#include "engine/core/random.hpp"

namespace tonus {

inline constexpr Rate kPelvisRate{100, 1};

/// How the trunk moves, without sensor and error: forward and back along minimum-jerk curves in
/// task=reps, and always with the breath.
/// Source  domain 11.7.
class PelvisMotion {
public:
    explicit PelvisMotion(const SimOptions& options) noexcept : moves_(options.task == SimTask::reps) {}

    struct Bend {
        double angle_rad, rate_rad_s, acceleration_rad_s2;
    };
    Bend bend(double t_s) const noexcept;

    /// Acceleration of the pelvis, gravity aside: forward and up, m/s^2.
    std::array<double, 2> acceleration_m_s2(double t_s) const noexcept;

    /// From the pelvis to the room, as w x y z: x forward, y left, z up.
    std::array<double, 4> orientation(double t_s) const noexcept;

private:
    bool moves_;
};

inline constexpr double kBreathHz = 0.25;

/// The motion sensor on the sacrum: the trunk bends forward and back, the chest breathes.
///
/// Source  domain 11.7: minimum-jerk segments, lever arm 1.0 m, noise and bias of common sensors.
class PelvisSensor {
public:
    explicit PelvisSensor(const SimOptions& options);

    struct Sample {
        std::array<double, 3> acceleration_m_s2;
        std::array<double, 3> angular_rate_rad_s;
    };
    Sample next() noexcept;

    /// Forward bend at a time, rad.
    double flexion_rad(double t_s) const noexcept { return motion_.bend(t_s).angle_rad; }

    /// How it sits on the pelvis: from the pelvis to the sensor, as w x y z.
    const std::array<double, 4>& mounting() const noexcept { return mounting_quaternion_; }

private:
    std::array<double, 3> mounted(const std::array<double, 3>& v) const noexcept;

    PelvisMotion motion_;
    double vibration_hz_;
    Random random_;
    std::array<std::array<double, 3>, 3> mounting_{};
    std::array<double, 4> mounting_quaternion_{};
    std::array<double, 3> gyro_bias_{};
    std::array<double, 3> acceleration_bias_{};
    std::uint64_t frame_ = 0;
};

}  // namespace tonus
