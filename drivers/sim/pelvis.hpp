#pragma once

#include <array>
#include <cstdint>

#include "drivers/sim/options.hpp"
#include "engine/core/random.hpp"

namespace tonus {

inline constexpr Rate kPelvisRate{100, 1};

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
    double flexion_rad(double t_s) const noexcept;

private:
    struct Motion {
        double angle, rate, acceleration;
    };
    Motion motion(double t_s) const noexcept;
    std::array<double, 3> mounted(const std::array<double, 3>& v) const noexcept;

    bool moves_;
    Random random_;
    std::array<std::array<double, 3>, 3> mounting_{};
    std::array<double, 3> gyro_bias_{};
    std::array<double, 3> acceleration_bias_{};
    std::uint64_t frame_ = 0;
};

}  // namespace tonus
