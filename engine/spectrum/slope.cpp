#include "engine/spectrum/slope.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tonus {
namespace {

constexpr double kSigmaPerMedianDeviation = 1.4826;
constexpr double kEfficiency = 0.955;  // 3 / pi

double mean_of(std::span<const double> x) {
    double sum = 0.0;
    for (const double v : x) sum += v;
    return sum / static_cast<double>(x.size());
}

double squares_about(std::span<const double> x, double mean) {
    double sum = 0.0;
    for (const double v : x) sum += (v - mean) * (v - mean);
    return sum;
}

double median_of(std::vector<double>& x) {
    const auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
    std::nth_element(x.begin(), middle, x.end());
    if (x.size() % 2 == 1) return *middle;
    return 0.5 * (*middle + *std::max_element(x.begin(), middle));
}

}  // namespace

std::optional<Slope> least_squares(std::span<const double> t_s, std::span<const double> y) {
    if (t_s.size() < 3) return std::nullopt;
    const double mean_t = mean_of(t_s), mean_y = mean_of(y), tt = squares_about(t_s, mean_t);
    if (!(tt > 0.0)) return std::nullopt;
    double ty = 0.0, left = 0.0;
    for (std::size_t i = 0; i < t_s.size(); ++i) ty += (t_s[i] - mean_t) * (y[i] - mean_y);
    const Slope line{.per_s = ty / tt, .at_zero = mean_y - ty / tt * mean_t};
    for (std::size_t i = 0; i < t_s.size(); ++i) left += std::pow(y[i] - line.at_zero - line.per_s * t_s[i], 2.0);
    return Slope{line.per_s, std::sqrt(left / static_cast<double>(t_s.size() - 2) / tt), line.at_zero};
}

std::optional<Slope> theil_sen(std::span<const double> t_s, std::span<const double> y) {
    std::vector<double> values;
    values.reserve(t_s.size() * (t_s.size() - std::min<std::size_t>(t_s.size(), 1)) / 2);
    for (std::size_t i = 0; i < t_s.size(); ++i) {
        for (std::size_t j = i + 1; j < t_s.size(); ++j) {
            if (t_s[j] != t_s[i]) values.push_back((y[j] - y[i]) / (t_s[j] - t_s[i]));
        }
    }
    if (t_s.size() < 3 || values.empty()) return std::nullopt;
    Slope line{.per_s = median_of(values)};
    values.clear();
    for (std::size_t i = 0; i < t_s.size(); ++i) values.push_back(y[i] - line.per_s * t_s[i]);
    line.at_zero = median_of(values);
    for (double& v : values) v = std::abs(v - line.at_zero);
    const double spread = kSigmaPerMedianDeviation * median_of(values);
    line.se_per_s = spread / std::sqrt(kEfficiency * squares_about(t_s, mean_of(t_s)));
    return line;
}

}  // namespace tonus
