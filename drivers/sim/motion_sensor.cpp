#include "drivers/sim/motion_sensor.hpp"

#include <cmath>
#include <numbers>

namespace tonus {
namespace {

constexpr std::uint64_t kSensorStream = 5000;  // plus the segment
constexpr double kRadPerDeg = std::numbers::pi / 180.0;

constexpr double kGyroNoise = 0.1 * kRadPerDeg, kGyroBias = 0.5 * kRadPerDeg, kGyroWalk = 0.002 * kRadPerDeg;
constexpr double kAccelerationNoise = 0.02, kAccelerationBias = 0.05;
constexpr double kNoiseRateHz = 100.0;
constexpr double kMountingRad = 25.0 * kRadPerDeg;
constexpr double kWobbleRad = 1.5 * kRadPerDeg, kWobbleHz = 3.0;
constexpr double kVibration = 5.0;  // m/s^2, of the plate

Vector3 random_direction(Random& random) noexcept {
    Vector3 v{random.normal(), random.normal(), random.normal()};
    const double length = std::hypot(v[0], v[1], v[2]);
    for (double& x : v) x /= length;
    return v;
}

Vector3 scaled(double k, const Vector3& v) noexcept { return {k * v[0], k * v[1], k * v[2]}; }

Vector3 turned(const Quaternion& q, const Vector3& v) noexcept {
    const Quaternion turned = q * Quaternion{0.0, v[0], v[1], v[2]} * Quaternion{q[0], -q[1], -q[2], -q[3]};
    return {turned[1], turned[2], turned[3]};
}

}  // namespace

MotionSensor::MotionSensor(const SimOptions& options, Segment segment)
    : options_(options),
      segment_(segment),
      motion_(options),
      random_(options.subject ^ (options.seed << 32), kSensorStream + static_cast<std::uint64_t>(segment)) {
    const Vector3 axis = random_direction(random_);
    const double angle = kMountingRad * random_.uniform(), s = std::sin(0.5 * angle);
    mounting_ = {std::cos(0.5 * angle), s * axis[0], s * axis[1], s * axis[2]};
    gyro_bias_rad_s_ = scaled(kGyroBias, random_direction(random_));
    acceleration_bias_m_s2_ = scaled(kAccelerationBias, random_direction(random_));
    wobble_turn_ = random_.uniform();
}

MotionSensor::Sample MotionSensor::exact(double t_s) const noexcept {
    const Jet swing = oscillation(2.0 * std::numbers::pi * kWobbleHz, t_s, 2.0 * std::numbers::pi * wobble_turn_);
    const Jet wobble = kWobbleRad * (motion_.movement().at(t_s).stir * swing);
    const JetMatrix to_room = motion_.rotation(segment_, t_s) * turn_about(1, wobble);
    Vector3 acceleration = motion_.acceleration_m_s2(segment_, t_s);
    if (options_.vibrates(t_s) && options_.vibration_hz < 0.5 * options_.imu_rate.hz()) {
        acceleration[2] += kVibration * std::sin(2.0 * std::numbers::pi * options_.vibration_hz * t_s);
    }
    return {turned(mounting_, specific_force_m_s2(to_room, acceleration)), turned(mounting_, angular_rate_rad_s(to_room))};
}

MotionSensor::Sample MotionSensor::next() noexcept {
    Sample sample = exact(options_.imu_rate.time_s(frame_++));
    const double density = std::sqrt(options_.imu_rate.hz() / kNoiseRateHz);
    for (std::size_t i = 0; i < 3; ++i) {
        gyro_bias_rad_s_[i] += kGyroWalk * std::sqrt(options_.imu_rate.time_s(1)) * random_.normal();
        sample.angular_rate_rad_s[i] += gyro_bias_rad_s_[i] + density * kGyroNoise * random_.normal();
        sample.acceleration_m_s2[i] += acceleration_bias_m_s2_[i] + density * kAccelerationNoise * random_.normal();
    }
    return sample;
}

}  // namespace tonus
