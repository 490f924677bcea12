#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "drivers/sim/jet.hpp"
#include "drivers/sim/movement.hpp"

namespace tonus {

/// Where motion sensors sit, from below: each segment stands on the one before.
enum class Segment : std::size_t { pelvis, thorax };
inline constexpr std::array<std::string_view, 2> kSegmentNames{"pelvis", "thorax"};

using Vector3 = std::array<double, 3>;     ///< x forward, y left, z up
using Quaternion = std::array<double, 4>;  ///< w x y z, from the segment to the room

/// Flexion about y, then right lateral bend about x, then left axial turn about z (domain 9.5).
struct SegmentAngles {
    Jet flexion, lateral, axial;
};

JetMatrix rotation_of(const SegmentAngles& angles) noexcept;
Quaternion quaternion_of(const SegmentAngles& angles) noexcept;
Quaternion operator*(const Quaternion& a, const Quaternion& b) noexcept;

/// What a rotation and a place in the room mean to a sensor that goes along, in its own axes.
Vector3 angular_rate_rad_s(const JetMatrix& to_room) noexcept;
Vector3 specific_force_m_s2(const JetMatrix& to_room, const Vector3& acceleration_m_s2) noexcept;

inline constexpr double kBreathHz = 0.25;

/// How the trunk moves, without sensor and error: the task's movement, and always the breath.
///
/// Threads  a value without hidden state: safe to share.
/// Source   domain 11.7: minimum-jerk segments, the pelvis 1.0 m above the floor, the thorax
///          0.25 m above the pelvis. In a bridge the trunk turns about the shoulders instead.
class TrunkMotion {
public:
    explicit TrunkMotion(const SimOptions& options) noexcept : task_(options.task), movement_(options.task) {}

    /// Against the segment below; the pelvis against the room.
    SegmentAngles angles(Segment segment, double t_s) const noexcept;

    /// From the segment to the room.
    JetMatrix rotation(Segment segment, double t_s) const noexcept;
    Quaternion orientation(Segment segment, double t_s) const noexcept;

    /// Of the sensor's place, gravity aside, in the room.
    Vector3 acceleration_m_s2(Segment segment, double t_s) const noexcept;

    const Movement& movement() const noexcept { return movement_; }

private:
    SimTask task_;
    Movement movement_;
};

}  // namespace tonus
