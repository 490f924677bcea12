#include "engine/envelope/accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

/// x^a e^-x / Gamma(a): the density of the gamma law, times x.
double gamma_weight(double a, double x) noexcept { return std::exp(a * std::log(x) - x - std::lgamma(a)); }

/// P by its power series: quick below the mean of the law.
double gamma_p_series(double a, double x) noexcept {
    double term = 1.0 / a, sum = term;
    for (double n = a + 1.0; term > sum * kEpsilon; n += 1.0) {
        term *= x / n;
        sum += term;
    }
    return sum * gamma_weight(a, x);
}

/// 1 - P by its continued fraction x + 1 - a - 1 (1 - a) / (x + 3 - a - ...), evaluated from the
/// front by Lentz's rule: quick above the mean. 1 + x - a is above 1 there, so nothing divides by 0.
double gamma_q_fraction(double a, double x) noexcept {
    constexpr double kTiny = std::numeric_limits<double>::min() / kEpsilon;
    const auto off_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
    double b = x + 1.0 - a;
    double c = 1.0 / kTiny, d = 1.0 / off_zero(b), fraction = d;
    for (double i = 1.0; i < 1e6; i += 1.0) {
        const double an = -i * (i - a);
        b += 2.0;
        d = 1.0 / off_zero(an * d + b);
        c = off_zero(b + an / c);
        fraction *= d * c;
        if (std::abs(d * c - 1.0) <= 4.0 * kEpsilon) break;
    }
    return fraction * gamma_weight(a, x);
}

/// The normal quantile by Newton on the error function, from 0: the tail is convex, so steps are
/// cut to 1. Only a start for the chi-square quantile.
double normal_quantile(double probability) noexcept {
    double z = 0.0;
    for (int i = 0; i < 60; ++i) {
        const double error = 0.5 * std::erfc(-z / std::numbers::sqrt2) - probability;
        const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
        const double step = std::clamp(error / density, -1.0, 1.0);
        z -= step;
        if (std::abs(step) < 1e-10) break;
    }
    return z;
}

void check_positive(const char* name, double value) {
    if (std::isfinite(value) && value > 0.0) return;
    throw usage_error(fmt::format("accuracy: {} = {} must be a number above 0 (the model signal in a 250 ms window: "
                                  "bandwidth_hz = 160, window_s = 0.25, degrees_of_freedom = 80)",
                                  name, value));
}

void check_probability(const char* name, double value) {
    if (value > 0.0 && value < 1.0) return;
    throw usage_error(fmt::format("accuracy: {} = {} must be inside 0 to 1 (0.95 is usual)", name, value));
}

}  // namespace

double gamma_p(double a, double x) noexcept {
    if (x <= 0.0) return 0.0;
    return x < a + 1.0 ? gamma_p_series(a, x) : 1.0 - gamma_q_fraction(a, x);
}

double chi_square_quantile(double probability, double degrees_of_freedom) {
    check_probability("probability", probability);
    check_positive("degrees_of_freedom", degrees_of_freedom);
    // Wilson and Hilferty: the cube root of a chi-square variable is nearly normal. With very few
    // degrees the root may fall below 0; there the law behaves as a power of x.
    const double a = 0.5 * degrees_of_freedom;
    const double v = 2.0 / (9.0 * degrees_of_freedom);
    const double root = 1.0 - v + normal_quantile(probability) * std::sqrt(v);
    double x = a * root * root * root;
    if (root < 0.3) x = std::exp((std::log(probability) + std::lgamma(a + 1.0)) / a);

    // Newton on log P over log x: P is nearly a power of x in the lower tail and steps stay
    // positive, so no start can throw it out of the range.
    for (int i = 0; i < 100 && x > 0.0; ++i) {
        const double p = gamma_p(a, x);
        const double slope = gamma_weight(a, x);  // dP / d(log x)
        if (!(p > 0.0) || !(slope > 0.0)) break;
        const double step = std::clamp(p < 0.5 ? p * std::log(p / probability) / slope : (p - probability) / slope, -1.0, 1.0);
        x *= std::exp(-step);
        if (std::abs(step) < 1e-14) break;
    }
    return 2.0 * x;
}

double degrees_of_freedom(double bandwidth_hz, double window_s) {
    check_positive("bandwidth_hz", bandwidth_hz);
    check_positive("window_s", window_s);
    return 2.0 * bandwidth_hz * window_s;
}

double rms_relative_sd(double bandwidth_hz, double window_s) {
    return 1.0 / std::sqrt(2.0 * degrees_of_freedom(bandwidth_hz, window_s));
}

double rms_relative_bias(double bandwidth_hz, double window_s) {
    return -1.0 / (4.0 * degrees_of_freedom(bandwidth_hz, window_s));
}

SigmaFactors sigma_factors(double degrees_of_freedom, double confidence) {
    check_probability("confidence", confidence);
    const double tail = 0.5 * (1.0 - confidence);
    return {.low = std::sqrt(degrees_of_freedom / chi_square_quantile(1.0 - tail, degrees_of_freedom)),
            .high = std::sqrt(degrees_of_freedom / chi_square_quantile(tail, degrees_of_freedom))};
}

}  // namespace tonus
