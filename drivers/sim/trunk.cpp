#include "drivers/sim/trunk.hpp"

#include <cmath>
#include <numbers>
#include <span>

namespace tonus {
namespace {

constexpr double kRadPerDeg = std::numbers::pi / 180.0;
constexpr double kGravity = 9.80665;

// Half a degree at the chest, of which a fifth reaches the sacrum (our choice).
constexpr double kBreathPelvisRad = 0.1 * kRadPerDeg, kBreathThoraxRad = 0.4 * kRadPerDeg;

constexpr double kPelvisM = 1.0, kThoraxM = 0.25;
constexpr double kBridgePelvisM = -0.45;  // from the shoulders, against the direction of the head

/// Flexion, right lateral and left axial in degrees.
struct Degrees {
    double flexion = 0.0, lateral = 0.0, axial = 0.0;
};
/// The far end of a repetition, against the start: of the pelvis, and of the thorax against it.
struct Reach {
    Degrees pelvis, thorax;
};
constexpr std::array<Reach, 1> kBend{{{{.flexion = 40.0}, {.flexion = 20.0}}}};
constexpr std::array<Reach, 1> kBridge{{{{.flexion = -25.0}, {.flexion = 10.0}}}};
constexpr std::array<Reach, 5> kMobility{{{{.flexion = 25.0}, {.flexion = 30.0}},
                                          {{.lateral = 5.0}, {.lateral = 20.0}},
                                          {{.lateral = -5.0}, {.lateral = -20.0}},
                                          {{.axial = 5.0}, {.axial = 20.0}},
                                          {{.axial = -5.0}, {.axial = -20.0}}}};
constexpr Degrees kSupine{.flexion = -90.0};

std::span<const Reach> reaches_of(SimTask task) noexcept {
    if (task == SimTask::bridge) return kBridge;
    if (task == SimTask::mobility) return kMobility;
    return kBend;
}

}  // namespace

JetMatrix rotation_of(const SegmentAngles& angles) noexcept {
    return turn_about(1, angles.flexion) * turn_about(0, angles.lateral) * turn_about(2, angles.axial);
}

Quaternion operator*(const Quaternion& a, const Quaternion& b) noexcept {
    return {a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3], a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
            a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1], a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]};
}

Quaternion quaternion_of(const SegmentAngles& angles) noexcept {
    const auto about = [](std::size_t axis, const Jet& angle) {
        Quaternion q{std::cos(0.5 * angle.value)};
        q[axis + 1] = std::sin(0.5 * angle.value);
        return q;
    };
    return about(1, angles.flexion) * about(0, angles.lateral) * about(2, angles.axial);
}

/// R^T dR/dt is the cross product with the rate.
Vector3 angular_rate_rad_s(const JetMatrix& r) noexcept {
    const auto entry = [&r](std::size_t i, std::size_t j) { return r[0][i].value * r[0][j].rate + r[1][i].value * r[1][j].rate + r[2][i].value * r[2][j].rate; };
    return {entry(2, 1), entry(0, 2), entry(1, 0)};
}

Vector3 specific_force_m_s2(const JetMatrix& r, const Vector3& acceleration_m_s2) noexcept {
    Vector3 force{};
    for (std::size_t i = 0; i < 3; ++i) {
        force[i] = r[0][i].value * acceleration_m_s2[0] + r[1][i].value * acceleration_m_s2[1] + r[2][i].value * (acceleration_m_s2[2] + kGravity);
    }
    return force;
}

SegmentAngles TrunkMotion::angles(Segment segment, double t_s) const noexcept {
    const MovementState state = movement_.at(t_s);
    const std::span<const Reach> reaches = reaches_of(task_);
    const Reach& reach = reaches[state.repetition % reaches.size()];
    const bool is_pelvis = segment == Segment::pelvis;
    const Degrees start = is_pelvis && task_ == SimTask::bridge ? kSupine : Degrees{};
    const Degrees& far = is_pelvis ? reach.pelvis : reach.thorax;
    const auto angle = [&state](double start_deg, double far_deg) { return Jet{start_deg * kRadPerDeg, 0.0, 0.0} + (far_deg * kRadPerDeg) * state.out; };
    const Jet breath = (is_pelvis ? kBreathPelvisRad : kBreathThoraxRad) * oscillation(2.0 * std::numbers::pi * kBreathHz, t_s);
    return {angle(start.flexion, far.flexion) + breath, angle(start.lateral, far.lateral), angle(start.axial, far.axial)};
}

JetMatrix TrunkMotion::rotation(Segment segment, double t_s) const noexcept {
    const JetMatrix pelvis = rotation_of(angles(Segment::pelvis, t_s));
    return segment == Segment::pelvis ? pelvis : pelvis * rotation_of(angles(Segment::thorax, t_s));
}

Quaternion TrunkMotion::orientation(Segment segment, double t_s) const noexcept {
    const Quaternion pelvis = quaternion_of(angles(Segment::pelvis, t_s));
    return segment == Segment::pelvis ? pelvis : pelvis * quaternion_of(angles(Segment::thorax, t_s));
}

/// A place up the lever moves as the segment's z axis does.
Vector3 TrunkMotion::acceleration_m_s2(Segment segment, double t_s) const noexcept {
    const JetMatrix pelvis = rotation_of(angles(Segment::pelvis, t_s));
    const double pelvis_m = task_ == SimTask::bridge ? kBridgePelvisM : kPelvisM;
    Vector3 acceleration{};
    for (std::size_t i = 0; i < 3; ++i) acceleration[i] = pelvis_m * pelvis[i][2].acceleration;
    if (segment == Segment::pelvis) return acceleration;
    const JetMatrix thorax = pelvis * rotation_of(angles(Segment::thorax, t_s));
    for (std::size_t i = 0; i < 3; ++i) acceleration[i] += kThoraxM * thorax[i][2].acceleration;
    return acceleration;
}

}  // namespace tonus
