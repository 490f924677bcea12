#include "engine/spectrum/slope.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
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

/// The mean of the values of two ranks, which may be one. Reorders them.
double between_ranks(std::vector<double>& x, std::size_t low, std::size_t high) {
    const auto begin = x.begin(), at = begin + static_cast<std::ptrdiff_t>(high);
    std::nth_element(begin, at, x.end());
    return low == high ? *at : 0.5 * (*at + *std::max_element(begin, at));
}

double median_of(std::vector<double>& x) { return between_ranks(x, (x.size() - 1) / 2, x.size() / 2); }

/// Hands over the slopes from each point to all later ones, a row for each point; those of one time are left out.
template <class Use>
void rows_of_slopes(std::span<const double> t_s, std::span<const double> y, bool times_differ, Use&& use) {
    std::vector<double> row(t_s.size());
    for (std::size_t i = 0; i < t_s.size(); ++i) {
        const std::size_t n = t_s.size() - i - 1;
        for (std::size_t k = 0; k < n; ++k) row[k] = (y[i + 1 + k] - y[i]) / (t_s[i + 1 + k] - t_s[i]);
        const auto end = row.begin() + static_cast<std::ptrdiff_t>(n);
        const auto left = times_differ ? end : std::remove_if(row.begin(), end, [](double slope) { return !std::isfinite(slope); });
        use(std::span{row}.first(static_cast<std::size_t>(left - row.begin())));
    }
}

constexpr std::size_t kManyPoints = 600;       // 180,000 pairs
constexpr std::size_t kPerSample = 251;        // of many pairs every so manieth is looked at first; a prime
constexpr std::size_t kBracketOfSample = 16;   // a sixteenth of these to each side of their median

/// Two slopes between which the median should lie.
struct Bracket {
    double low, high;
};

Bracket bracket_of(std::span<const double> t_s, std::span<const double> y) {
    std::vector<double> sample;
    std::size_t j = 1;
    for (std::size_t i = 0; i + 1 < t_s.size(); ++i) {
        for (; j < t_s.size(); j += kPerSample) sample.push_back((y[j] - y[i]) / (t_s[j] - t_s[i]));
        j = i + 2 + (j - t_s.size());
    }
    std::sort(sample.begin(), sample.end());
    const std::size_t middle = sample.size() / 2, aside = sample.size() / kBracketOfSample;
    return {sample[middle - aside], sample[middle + aside]};
}

/// Many pairs are neither kept nor sorted: a pass without a branch picks out those of the bracket and counts those
/// below. Where the median lies elsewhere, and of few points, all are taken.
std::optional<double> median_slope(std::span<const double> t_s, std::span<const double> y) {
    const bool times_differ = std::adjacent_find(t_s.begin(), t_s.end(), std::greater_equal<>{}) == t_s.end();
    std::vector<double> kept;
    if (times_differ && t_s.size() >= kManyPoints) {
        const std::size_t n_pairs = t_s.size() * (t_s.size() - 1) / 2, low_rank = (n_pairs - 1) / 2, high_rank = n_pairs / 2;
        const Bracket bracket = bracket_of(t_s, y);
        std::size_t n_below = 0, n_kept = 0;
        rows_of_slopes(t_s, y, true, [&](std::span<const double> row) {
            if (kept.size() < n_kept + row.size()) kept.resize(n_kept + n_kept / 2 + row.size());
            for (const double slope : row) {
                kept[n_kept] = slope;
                n_kept += static_cast<std::size_t>(slope >= bracket.low) & static_cast<std::size_t>(slope <= bracket.high);
                n_below += static_cast<std::size_t>(slope < bracket.low);
            }
        });
        kept.resize(n_kept);
        if (low_rank >= n_below && high_rank < n_below + n_kept) return between_ranks(kept, low_rank - n_below, high_rank - n_below);
        kept.clear();
    }
    rows_of_slopes(t_s, y, times_differ, [&](std::span<const double> row) { kept.insert(kept.end(), row.begin(), row.end()); });
    if (kept.empty()) return std::nullopt;
    return median_of(kept);
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
    if (t_s.size() < 3) return std::nullopt;
    const std::optional<double> median = median_slope(t_s, y);
    if (!median) return std::nullopt;
    Slope line{.per_s = *median};
    std::vector<double> values;
    for (std::size_t i = 0; i < t_s.size(); ++i) values.push_back(y[i] - line.per_s * t_s[i]);
    line.at_zero = median_of(values);
    for (double& v : values) v = std::abs(v - line.at_zero);
    const double spread = kSigmaPerMedianDeviation * median_of(values);
    line.se_per_s = spread / std::sqrt(kEfficiency * squares_about(t_s, mean_of(t_s)));
    return line;
}

}  // namespace tonus
