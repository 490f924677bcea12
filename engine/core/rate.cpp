#include "engine/core/rate.hpp"

#include <charconv>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kHzMax = 1e6;
constexpr double kHzMin = 1e-6;  // below it the fraction\'s terms are beyond integers
constexpr double kRelativeTolerance = 1e-9;
constexpr std::uint64_t kDenominatorMax = 1'000'000;

double parse_number(const std::string& text, const std::string& whole) {
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc{} || end != text.data() + text.size()) {
        throw usage_error(fmt::format(
            "rate '{}' is not a number of Hz; write 2000, 2148.148 or frames/seconds as 58/0.027",
            whole));
    }
    return value;
}

}  // namespace

Rate rate_from_hz(double hz) {
    if (!(hz >= kHzMin && hz <= kHzMax)) {
        throw usage_error(fmt::format("rate {} Hz is outside [{}, {}]", hz, kHzMin, kHzMax));
    }
    // Continued fraction: the convergents are the best ratios for their size.
    std::uint64_t n0 = 0, d0 = 1, n1 = 1, d1 = 0;
    double rest = hz;
    for (;;) {
        const auto whole = static_cast<std::uint64_t>(rest);
        const std::uint64_t n2 = whole * n1 + n0;
        const std::uint64_t d2 = whole * d1 + d0;
        if (d2 > kDenominatorMax && d1 > 0) break;
        n0 = n1, d0 = d1, n1 = n2, d1 = d2;
        const double ratio = static_cast<double>(n1) / static_cast<double>(d1);
        if (std::abs(ratio - hz) <= kRelativeTolerance * hz) break;
        rest = 1.0 / (rest - static_cast<double>(whole));
    }
    return {n1, d1};
}

Rate parse_rate(const std::string& text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string::npos) return rate_from_hz(parse_number(text, text));
    const double frames = parse_number(text.substr(0, slash), text);
    const double seconds = parse_number(text.substr(slash + 1), text);
    if (!(frames > 0.0) || !(seconds > 0.0)) {
        throw usage_error(fmt::format("rate '{}' must be positive on both sides of '/'", text));
    }
    // Both sides are decimal numbers people write: a millionth is fine enough for either.
    auto num = static_cast<std::uint64_t>(std::llround(frames * 1e6));
    auto den = static_cast<std::uint64_t>(std::llround(seconds * 1e6));
    if (num == 0 || den == 0) throw usage_error(fmt::format("rate '{}' is too fine", text));
    const std::uint64_t common = std::gcd(num, den);
    return {num / common, den / common};
}

}  // namespace tonus
