#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace tonus {

/// Solves min |b - A x| with x >= 0 for one small matrix A and one b after the other (Lawson &
/// Hanson 1974). Everything that depends on A alone is made once.
///
/// Real time  solve() does not allocate, lock, throw or call the system, and is bounded: at most
///            3 n_columns passive sets are tried.
/// Threads    any: solve() changes nothing.
/// Source     domain 5.5, 5.6.
class Nnls {
public:
    static constexpr std::size_t kSizeMax = 16;

    struct Shape {
        std::size_t n_rows, n_columns;
    };

    /// @param matrix  row by row
    /// Throws Error unless both sizes are 1 to 16, the values finite and the columns independent.
    Nnls(Shape shape, std::span<const double> matrix);

    /// False when b is not finite, and x is then zero.
    /// @param b  n_rows values
    /// @param x  n_columns values
    bool solve(std::span<const double> b, std::span<double> x) const noexcept;

    Shape shape() const noexcept { return shape_; }

private:
    using Vector = std::array<double, kSizeMax>;
    using Matrix = std::array<Vector, kSizeMax>;
    using Set = std::array<bool, kSizeMax>;

    bool solve_passive(const Set& passive, const Vector& projected, Vector& x) const noexcept;
    bool find_passive(const Set& passive, const Vector& projected, const Vector& x, double tolerance,
                      std::size_t& best) const noexcept;

    Shape shape_;
    Matrix matrix_{};  // [row][column]
    Matrix gram_{};    // A^T A
};

}  // namespace tonus
