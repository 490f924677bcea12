#include "engine/activation/nnls.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

// A pivot this much smaller than its diagonal is rounding: the column says nothing new.
constexpr double kPivotMin = 1e-12;

}  // namespace

Nnls::Nnls(Shape shape, std::span<const double> matrix) : shape_(shape) {
    const auto fits = [](std::size_t n) { return n >= 1 && n <= kSizeMax; };
    if (!fits(shape.n_rows) || !fits(shape.n_columns) || matrix.size() != shape.n_rows * shape.n_columns) {
        throw usage_error(fmt::format("nnls: {} values for {} rows and {} columns; sizes are 1 to {}", matrix.size(),
                                      shape.n_rows, shape.n_columns, kSizeMax));
    }
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        if (!std::isfinite(matrix[i])) throw usage_error(fmt::format("nnls: value {} is not a number", i));
        matrix_[i / shape.n_columns][i % shape.n_columns] = matrix[i];
    }
    for (std::size_t i = 0; i < shape.n_columns; ++i) {
        for (std::size_t j = 0; j < shape.n_columns; ++j) {
            for (std::size_t row = 0; row < shape.n_rows; ++row) gram_[i][j] += matrix_[row][i] * matrix_[row][j];
        }
    }
    Set all{};
    std::fill_n(all.begin(), shape.n_columns, true);
    Vector unused{};
    if (!solve_passive(all, Vector{}, unused)) {
        throw usage_error(fmt::format("nnls: the {} columns depend on each other; leave out those that repeat others",
                                      shape.n_columns));
    }
}

// The unconstrained solution over the passive columns, the others zero: by Cholesky on the normal
// equations, which is accurate enough for matrices close to the identity and for small ones.
bool Nnls::solve_passive(const Set& passive, const Vector& projected, Vector& x) const noexcept {
    std::array<std::size_t, kSizeMax> column{};
    std::size_t n = 0;
    for (std::size_t j = 0; j < shape_.n_columns; ++j) {
        if (passive[j]) column[n++] = j;
    }
    Matrix factor{};
    Vector y{};
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double rest = gram_[column[i]][column[j]];
            for (std::size_t k = 0; k < j; ++k) rest -= factor[i][k] * factor[j][k];
            if (i != j) {
                factor[i][j] = rest / factor[j][j];
            } else if (rest > kPivotMin * gram_[column[i]][column[i]]) {
                factor[i][i] = std::sqrt(rest);
            } else {
                return false;
            }
        }
        y[i] = projected[column[i]];
        for (std::size_t k = 0; k < i; ++k) y[i] -= factor[i][k] * y[k];
        y[i] /= factor[i][i];
    }
    x.fill(0.0);
    for (std::size_t i = n; i-- > 0;) {
        double rest = y[i];
        for (std::size_t k = i + 1; k < n; ++k) rest -= factor[k][i] * x[column[k]];
        x[column[i]] = rest / factor[i][i];
    }
    return true;
}

// The column outside the set that would lower the error most.
bool Nnls::find_passive(const Set& passive, const Vector& projected, const Vector& x, double tolerance,
                        std::size_t& best) const noexcept {
    double steepest = tolerance;
    bool found = false;
    for (std::size_t j = 0; j < shape_.n_columns; ++j) {
        if (passive[j]) continue;
        double slope = projected[j];
        for (std::size_t k = 0; k < shape_.n_columns; ++k) slope -= gram_[j][k] * x[k];
        if (slope <= steepest) continue;
        steepest = slope;
        best = j;
        found = true;
    }
    return found;
}

bool Nnls::solve(std::span<const double> b, std::span<double> x_out) const noexcept {
    std::fill(x_out.begin(), x_out.end(), 0.0);
    Vector projected{};  // A^T b
    double largest = 0.0;
    for (std::size_t j = 0; j < shape_.n_columns; ++j) {
        for (std::size_t row = 0; row < shape_.n_rows; ++row) projected[j] += matrix_[row][j] * b[row];
        if (!std::isfinite(projected[j])) return false;
        largest = std::max(largest, std::abs(projected[j]));
    }
    const double tolerance = 1e-13 * largest;

    Set passive{};
    Vector x{}, trial{};
    std::size_t entering = 0;
    for (std::size_t round = 0; round < 3 * shape_.n_columns; ++round) {
        if (!find_passive(passive, projected, x, tolerance, entering)) break;
        passive[entering] = true;
        // Every turn takes at least one column out again, so this ends.
        while (solve_passive(passive, projected, trial)) {
            double step = 1.0;
            std::size_t leaving = kSizeMax;
            for (std::size_t j = 0; j < shape_.n_columns; ++j) {
                if (!passive[j] || trial[j] > 0.0) continue;
                const double reach = x[j] > 0.0 ? x[j] / (x[j] - trial[j]) : 0.0;
                if (leaving != kSizeMax && reach >= step) continue;
                step = reach;
                leaving = j;
            }
            if (leaving == kSizeMax) {
                x = trial;
                break;
            }
            for (std::size_t j = 0; j < shape_.n_columns; ++j) x[j] = std::max(x[j] + step * (trial[j] - x[j]), 0.0);
            x[leaving] = 0.0;
            passive[leaving] = false;
        }
    }
    std::copy_n(x.begin(), shape_.n_columns, x_out.begin());
    return true;
}

}  // namespace tonus
