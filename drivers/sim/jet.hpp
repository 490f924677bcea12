#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace tonus {

/// A number that moves: its value, and its first and second derivative by time. Sums and products
/// of motions that are known exactly stay exact, so no rate here is a difference of samples.
struct Jet {
    double value = 0.0;
    double rate = 0.0;
    double acceleration = 0.0;
};

constexpr Jet operator+(const Jet& a, const Jet& b) noexcept { return {a.value + b.value, a.rate + b.rate, a.acceleration + b.acceleration}; }
constexpr Jet operator*(double k, const Jet& a) noexcept { return {k * a.value, k * a.rate, k * a.acceleration}; }
constexpr Jet operator*(const Jet& a, const Jet& b) noexcept {
    return {a.value * b.value, a.rate * b.value + a.value * b.rate, a.acceleration * b.value + 2.0 * a.rate * b.rate + a.value * b.acceleration};
}
inline Jet sin(const Jet& a) noexcept {
    const double s = std::sin(a.value), c = std::cos(a.value);
    return {s, c * a.rate, c * a.acceleration - s * a.rate * a.rate};
}
inline Jet cos(const Jet& a) noexcept {
    const double s = std::sin(a.value), c = std::cos(a.value);
    return {c, -s * a.rate, -s * a.acceleration - c * a.rate * a.rate};
}

/// sin(w t + phase).
inline Jet oscillation(double w_rad_s, double t_s, double phase_rad = 0.0) noexcept { return sin(Jet{w_rad_s * t_s + phase_rad, w_rad_s, 0.0}); }

using JetVector = std::array<Jet, 3>;
using JetMatrix = std::array<JetVector, 3>;  ///< [row][column]

/// Rotation about an axis: 0 is x, 1 is y, 2 is z.
inline JetMatrix turn_about(std::size_t axis, const Jet& angle) noexcept {
    const std::size_t i = (axis + 1) % 3, j = (axis + 2) % 3;
    JetMatrix m{};
    m[axis][axis].value = 1.0;
    m[i][i] = m[j][j] = cos(angle);
    m[j][i] = sin(angle);
    m[i][j] = -1.0 * m[j][i];
    return m;
}

inline JetMatrix operator*(const JetMatrix& a, const JetMatrix& b) noexcept {
    JetMatrix m{};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) m[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
    }
    return m;
}

}  // namespace tonus
