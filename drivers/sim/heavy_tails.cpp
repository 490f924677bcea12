#include "drivers/sim/heavy_tails.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace tonus {
namespace {

constexpr double kLaplacePart = 1.0 / 3.0;  // its excess kurtosis is 3, so the mixture's is 1
constexpr double kStep = 0.01, kMost = 8.0;
constexpr std::size_t kPlaces = static_cast<std::size_t>(kMost / kStep) + 2;

double gaussian_beyond(double x) noexcept { return 0.5 * std::erfc(x / std::numbers::sqrt2); }

/// How likely the mixture is beyond a positive value.
double mixture_beyond(double x) noexcept {
    return (1.0 - kLaplacePart) * gaussian_beyond(x) + kLaplacePart * 0.5 * std::exp(-std::numbers::sqrt2 * x);
}

std::array<double, kPlaces> tabulated() noexcept {
    std::array<double, kPlaces> table{};
    for (std::size_t i = 0; i < kPlaces; ++i) {
        const double wanted = gaussian_beyond(kStep * static_cast<double>(i));
        double low = 0.0, high = 30.0;
        for (int step = 0; step < 60; ++step) {
            const double middle = 0.5 * (low + high);
            (mixture_beyond(middle) > wanted ? low : high) = middle;
        }
        table[i] = 0.5 * (low + high);
    }
    return table;
}

}  // namespace

double with_heavy_tails(double gaussian) noexcept {
    static const std::array<double, kPlaces> table = tabulated();
    const double place = std::min(std::abs(gaussian), kMost) / kStep;
    const auto i = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(i);
    return std::copysign((1.0 - part) * table[i] + part * table[i + 1], gaussian);
}

}  // namespace tonus
