#include "drivers/sim/pelvis.hpp"

#include <cmath>
#include <numbers>

namespace tonus {
namespace {

constexpr std::uint64_t kPelvisStream = 5000;
constexpr double kRadPerDeg = std::numbers::pi / 180.0;
constexpr double kGravity = 9.80665;

constexpr double kLeverM = 1.0;             // above the floor contact
constexpr double kRangeRad = 40.0 * kRadPerDeg;
constexpr double kBreathRad = 0.5 * kRadPerDeg;
constexpr double kGyroNoise = 0.1 * kRadPerDeg, kGyroBias = 0.5 * kRadPerDeg, kGyroWalk = 0.002 * kRadPerDeg;
constexpr double kAccelerationNoise = 0.02, kAccelerationBias = 0.05;
constexpr double kVibration = 5.0, kFilteredHz = 50.0;  // of the plate; a sensor passes no more
constexpr double kMountingRad = 25.0 * kRadPerDeg;

std::array<double, 3> random_direction(Random& random) noexcept {
    std::array<double, 3> v{random.normal(), random.normal(), random.normal()};
    const double length = std::hypot(v[0], v[1], v[2]);
    for (double& x : v) x /= length;
    return v;
}

/// Rotation about an axis (Rodrigues).
std::array<std::array<double, 3>, 3> rotation(const std::array<double, 3>& axis, double angle) noexcept {
    const double c = std::cos(angle), s = std::sin(angle), d = 1.0 - c;
    const auto [x, y, z] = axis;
    return {{{c + d * x * x, d * x * y - s * z, d * x * z + s * y},
             {d * x * y + s * z, c + d * y * y, d * y * z - s * x},
             {d * x * z - s * y, d * y * z + s * x, c + d * z * z}}};
}

}  // namespace

PelvisSensor::PelvisSensor(const SimOptions& options)
    : motion_(options), vibration_hz_(options.vibration_hz), random_(options.subject ^ (options.seed << 32), kPelvisStream) {
    const std::array<double, 3> axis = random_direction(random_);
    const double angle = kMountingRad * random_.uniform();
    mounting_ = rotation(axis, angle);
    const double s = std::sin(0.5 * angle);
    mounting_quaternion_ = {std::cos(0.5 * angle), s * axis[0], s * axis[1], s * axis[2]};
    const std::array<double, 3> gyro = random_direction(random_), acceleration = random_direction(random_);
    for (std::size_t i = 0; i < 3; ++i) {
        gyro_bias_[i] = kGyroBias * gyro[i];
        acceleration_bias_[i] = kAccelerationBias * acceleration[i];
    }
}

PelvisMotion::Bend PelvisMotion::bend(double t_s) const noexcept {
    const double w = 2.0 * std::numbers::pi * kBreathHz;
    Bend m{kBreathRad * std::sin(w * t_s), kBreathRad * w * std::cos(w * t_s), -kBreathRad * w * w * std::sin(w * t_s)};
    if (!moves_) return m;
    // Down and up again along minimum-jerk curves: s = 10 u^3 - 15 u^4 + 6 u^5.
    const double half_s = 0.5 * kRepetitionS;
    const double into_s = std::fmod(t_s, kRepetitionS);
    const bool up = into_s >= half_s;
    const double u = (up ? into_s - half_s : into_s) / half_s;
    const double s = u * u * u * (10.0 + u * (-15.0 + 6.0 * u));
    const double ds = 30.0 * u * u * (1.0 - u) * (1.0 - u) / half_s;
    const double dds = 60.0 * u * (1.0 - u) * (1.0 - 2.0 * u) / (half_s * half_s);
    const double sign = up ? -1.0 : 1.0;
    m.angle_rad += kRangeRad * (up ? 1.0 - s : s);
    m.rate_rad_s += sign * kRangeRad * ds;
    m.acceleration_rad_s2 += sign * kRangeRad * dds;
    return m;
}

/// The sensor stands on a lever that turns about the left-right axis: p = L (sin, 0, cos).
std::array<double, 2> PelvisMotion::acceleration_m_s2(double t_s) const noexcept {
    const Bend m = bend(t_s);
    const double c = std::cos(m.angle_rad), s = std::sin(m.angle_rad), square = m.rate_rad_s * m.rate_rad_s;
    return {kLeverM * (m.acceleration_rad_s2 * c - square * s), kLeverM * (-m.acceleration_rad_s2 * s - square * c)};
}

std::array<double, 4> PelvisMotion::orientation(double t_s) const noexcept {
    const double half = 0.5 * bend(t_s).angle_rad;
    return {std::cos(half), 0.0, std::sin(half), 0.0};
}

std::array<double, 3> PelvisSensor::mounted(const std::array<double, 3>& v) const noexcept {
    std::array<double, 3> out{};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) out[i] += mounting_[i][j] * v[j];
    }
    return out;
}

PelvisSensor::Sample PelvisSensor::next() noexcept {
    const double t_s = kPelvisRate.time_s(frame_);
    ++frame_;
    const PelvisMotion::Bend m = motion_.bend(t_s);
    const double c = std::cos(m.angle_rad), s = std::sin(m.angle_rad);
    const std::array<double, 2> acceleration = motion_.acceleration_m_s2(t_s);
    const double px = acceleration[0];
    double pz = acceleration[1] + kGravity;
    if (vibration_hz_ > 0.0 && vibration_hz_ < kFilteredHz) pz += kVibration * std::sin(2.0 * std::numbers::pi * vibration_hz_ * t_s);
    Sample sample{mounted({c * px - s * pz, 0.0, s * px + c * pz}), mounted({0.0, m.rate_rad_s, 0.0})};
    for (std::size_t i = 0; i < 3; ++i) {
        gyro_bias_[i] += kGyroWalk * std::sqrt(kPelvisRate.time_s(1)) * random_.normal();
        sample.angular_rate_rad_s[i] += gyro_bias_[i] + kGyroNoise * random_.normal();
        sample.acceleration_m_s2[i] += acceleration_bias_[i] + kAccelerationNoise * random_.normal();
    }
    return sample;
}

}  // namespace tonus
