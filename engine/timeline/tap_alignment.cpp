#include "engine/timeline/tap_alignment.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kSpreads = 12.0, kPartOfStrongest = 0.2, kApartS = 0.25;
constexpr double kAgreeS = 0.015;  // pairs of one delay are within this of each other: a sample of 100 Hz, and a little
constexpr double kOtherS = 0.050;  // a delay further away is another one
constexpr std::size_t kPairsMin = 3;
constexpr double kPartMin = 0.6, kOtherPartMax = 0.5;
constexpr const char* kHowTo = "tap firmly beside the electrodes, so that the motion sensor feels it too, five times or more, at uneven pauses of a second or two";

double median_of(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The pairs around one delay.
struct Group {
    std::size_t begin = 0, n = 0;
};

/// The largest group of sorted delays within kAgreeS of its first, none of them near `not_near_s`.
Group largest_group(std::span<const double> delays_s, double not_near_s) {
    Group best;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < delays_s.size(); ++begin) {
        end = std::max(end, begin);
        while (end < delays_s.size() && delays_s[end] - delays_s[begin] <= kAgreeS) ++end;
        const bool is_near = std::abs(delays_s[begin] - not_near_s) < kOtherS;
        if (!is_near && end - begin > best.n) best = {begin, end - begin};
    }
    return best;
}

}  // namespace

std::vector<double> find_taps(const TapSignal& signal) {
    if (signal.strength.empty()) return {};
    const double usual = median_of(signal.strength);
    std::vector<double> deviations;
    for (const double strength : signal.strength) deviations.push_back(std::abs(strength - usual));
    const double spread = 1.4826 * median_of(std::move(deviations));
    const double strongest = *std::max_element(signal.strength.begin(), signal.strength.end());
    const double threshold = std::max(usual + kSpreads * spread, kPartOfStrongest * strongest);
    std::vector<double> taps_s;
    double last_s = -1e9;
    for (std::size_t i = 0; i < signal.strength.size(); ++i) {
        if (!(signal.strength[i] > threshold)) continue;
        const double t_s = signal.start_s + static_cast<double>(i) / signal.rate_hz;
        if (t_s - last_s > kApartS) taps_s.push_back(t_s);
        last_s = t_s;
    }
    return taps_s;
}

TapAlignment align_taps(std::span<const double> first_s, std::span<const double> second_s, double later_s_max) {
    std::vector<double> delays_s;
    for (const double a : first_s) {
        for (const double b : second_s) {
            if (std::abs(b - a) <= later_s_max) delays_s.push_back(b - a);
        }
    }
    std::sort(delays_s.begin(), delays_s.end());
    const Group best = largest_group(delays_s, 1e9);
    const std::size_t n_fewer = std::min(first_s.size(), second_s.size());
    if (best.n < kPairsMin || static_cast<double>(best.n) < kPartMin * static_cast<double>(n_fewer)) {
        throw run_error(fmt::format("no clear taps: {} in one stream, {} in the other, and {} of them agree on a delay: {}",
                                    first_s.size(), second_s.size(), best.n, kHowTo));
    }
    const auto from = delays_s.begin() + static_cast<std::ptrdiff_t>(best.begin);
    const std::vector<double> agreeing_s{from, from + static_cast<std::ptrdiff_t>(best.n)};
    const double later_s = median_of(agreeing_s);
    const Group other = largest_group(delays_s, later_s);
    if (static_cast<double>(other.n) > kOtherPartMax * static_cast<double>(best.n)) {
        throw run_error(fmt::format("two delays are as likely, {:.0f} and {:.0f} ms, as with taps at an even pace: {}", 1e3 * later_s,
                                    1e3 * delays_s[other.begin], kHowTo));
    }
    double squares = 0.0;
    for (const double delay_s : agreeing_s) squares += (delay_s - later_s) * (delay_s - later_s);
    const auto n = static_cast<double>(best.n);
    return {.later_s = later_s, .uncertainty_s = std::sqrt(squares / (n - 1.0) / n), .n_matched = best.n};
}

}  // namespace tonus
