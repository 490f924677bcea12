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
constexpr double kRepetitionS = 4.0;        // as subject.cpp bends
constexpr double kBreathRad = 0.5 * kRadPerDeg, kBreathHz = 0.25;
constexpr double kGyroNoise = 0.1 * kRadPerDeg, kGyroBias = 0.5 * kRadPerDeg, kGyroWalk = 0.002 * kRadPerDeg;
constexpr double kAccelerationNoise = 0.02, kAccelerationBias = 0.05;
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
    : moves_(options.task == SimTask::reps), random_(options.subject ^ (options.seed << 32), kPelvisStream) {
    const std::array<double, 3> axis = random_direction(random_);
    mounting_ = rotation(axis, kMountingRad * random_.uniform());
    const std::array<double, 3> gyro = random_direction(random_), acceleration = random_direction(random_);
    for (std::size_t i = 0; i < 3; ++i) {
        gyro_bias_[i] = kGyroBias * gyro[i];
        acceleration_bias_[i] = kAccelerationBias * acceleration[i];
    }
}

PelvisSensor::Motion PelvisSensor::motion(double t_s) const noexcept {
    const double w = 2.0 * std::numbers::pi * kBreathHz;
    Motion m{kBreathRad * std::sin(w * t_s), kBreathRad * w * std::cos(w * t_s), -kBreathRad * w * w * std::sin(w * t_s)};
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
    m.angle += kRangeRad * (up ? 1.0 - s : s);
    m.rate += sign * kRangeRad * ds;
    m.acceleration += sign * kRangeRad * dds;
    return m;
}

double PelvisSensor::flexion_rad(double t_s) const noexcept { return motion(t_s).angle; }

std::array<double, 3> PelvisSensor::mounted(const std::array<double, 3>& v) const noexcept {
    std::array<double, 3> out{};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) out[i] += mounting_[i][j] * v[j];
    }
    return out;
}

PelvisSensor::Sample PelvisSensor::next() noexcept {
    const Motion m = motion(kPelvisRate.time_s(frame_));
    ++frame_;
    // The sensor stands on a lever that turns about the left-right axis: p = L (sin, 0, cos).
    const double c = std::cos(m.angle), s = std::sin(m.angle);
    const double px = kLeverM * (m.acceleration * c - m.rate * m.rate * s);
    const double pz = kLeverM * (-m.acceleration * s - m.rate * m.rate * c) + kGravity;
    Sample sample{mounted({c * px - s * pz, 0.0, s * px + c * pz}), mounted({0.0, m.rate, 0.0})};
    for (std::size_t i = 0; i < 3; ++i) {
        gyro_bias_[i] += kGyroWalk * std::sqrt(kPelvisRate.time_s(1)) * random_.normal();
        sample.angular_rate_rad_s[i] += gyro_bias_[i] + kGyroNoise * random_.normal();
        sample.acceleration_m_s2[i] += acceleration_bias_[i] + kAccelerationNoise * random_.normal();
    }
    return sample;
}

}  // namespace tonus
