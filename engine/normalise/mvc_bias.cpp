#include "engine/normalise/mvc_bias.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace tonus {
namespace {

struct Row {
    double window_s;
    std::array<double, 3> bias;  // plateaus of 3, 4 and 5 s
};

constexpr std::array<Row, 4> kRows{{
    {0.10, {0.35, 0.36, 0.37}},
    {0.25, {0.194, 0.203, 0.213}},
    {0.50, {0.120, 0.128, 0.135}},
    {1.00, {0.068, 0.077, 0.082}},
}};
constexpr double kPlateauFirstS = 3.0;

double at_plateau(const Row& row, double plateau_s) {
    const double place = std::clamp(plateau_s - kPlateauFirstS, 0.0, 2.0);
    const auto left = std::min<std::size_t>(static_cast<std::size_t>(place), 1);
    const double part = place - static_cast<double>(left);
    return row.bias[left] + part * (row.bias[left + 1] - row.bias[left]);
}

}  // namespace

double mvc_bias(double window_s, double plateau_s, double bandwidth_hz) {
    std::size_t upper = 1;
    while (upper + 1 < kRows.size() && window_s > kRows[upper].window_s) ++upper;
    const Row& a = kRows[upper - 1];
    const Row& b = kRows[upper];
    const double part = std::log(window_s / a.window_s) / std::log(b.window_s / a.window_s);
    const double bias =
        at_plateau(a, plateau_s) + part * (at_plateau(b, plateau_s) - at_plateau(a, plateau_s));
    return std::max(bias, 0.0) * std::sqrt(kBandwidthHz / bandwidth_hz);
}

}  // namespace tonus
