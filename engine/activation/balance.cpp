#include "engine/activation/balance.hpp"

#include <algorithm>
#include <cmath>

namespace tonus {
namespace {

// NaN compares false: what is not a number is not loud enough either.
bool loud_enough(Pair pair) noexcept {
    return std::isfinite(pair.first + pair.second) && std::min(pair.first, pair.second) >= 0.0 &&
           std::max(pair.first, pair.second) > kBalanceMvcMin;
}

}  // namespace

std::optional<double> side_index(Pair right_left) noexcept {
    if (!loud_enough(right_left)) return std::nullopt;
    return (right_left.first - right_left.second) / (0.5 * (right_left.first + right_left.second));
}

std::optional<double> log_ratio(Pair right_left) noexcept {
    if (!loud_enough(right_left) || right_left.first == 0.0 || right_left.second == 0.0) return std::nullopt;
    return std::log2(right_left.first / right_left.second);
}

std::optional<double> limb_symmetry(Pair right_left) noexcept {
    if (!loud_enough(right_left)) return std::nullopt;
    return std::min(right_left.first, right_left.second) / std::max(right_left.first, right_left.second);
}

void Balance::process(Pair pair, bool valid) noexcept {
    if (!valid || !std::isfinite(pair.first) || !std::isfinite(pair.second)) return;
    const double low = std::max(std::min(pair.first, pair.second), 0.0);
    const double high = std::max(std::max(pair.first, pair.second), 0.0);
    ++n_valid_;
    sum_.first += std::max(pair.first, 0.0);
    sum_.second += std::max(pair.second, 0.0);
    common_ += low;
    if (high > 0.0) rudolph_ += low / high * (low + high);
}

Pair Balance::mean() const noexcept {
    if (n_valid_ == 0) return {};
    const auto n = static_cast<double>(n_valid_);
    return {.first = sum_.first / n, .second = sum_.second / n};
}

std::optional<double> Balance::co_contraction_winter() const noexcept {
    if (!loud_enough(mean())) return std::nullopt;
    return 2.0 * common_ / (sum_.first + sum_.second);
}

std::optional<double> Balance::co_contraction_rudolph() const noexcept {
    if (!loud_enough(mean())) return std::nullopt;
    return rudolph_ / static_cast<double>(n_valid_);
}

std::optional<double> Balance::agonist_ratio() const noexcept {
    if (!loud_enough(mean()) || sum_.second == 0.0) return std::nullopt;
    return sum_.first / sum_.second;
}

}  // namespace tonus
