#include "engine/condition/butterworth.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

using Complex = std::complex<double>;
constexpr double kPi = std::numbers::pi;
constexpr double kRealTolerance = 1e-12;

struct Zpk {
    std::vector<Complex> zeros, poles;
    double gain = 1.0;
};

bool is_real(const Complex& c) { return std::abs(c.imag()) <= kRealTolerance * std::max(1.0, std::abs(c)); }

void check(int order, double low_hz, double high_hz, double rate_hz) {
    if (order < 1 || order > 16) throw usage_error(fmt::format("Butterworth order {} is not 1 to 16", order));
    if (!(low_hz > 0.0) || !(low_hz <= high_hz) || !(high_hz < 0.5 * rate_hz)) {
        throw usage_error(fmt::format("filter edges {:.6g} to {:.6g} Hz must rise between 0 and {:.6g} Hz, half the rate",
                                      low_hz, high_hz, 0.5 * rate_hz));
    }
}

/// Left half of the unit circle.
std::vector<Complex> prototype(int order) {
    std::vector<Complex> poles;
    for (int m = -order + 1; m < order; m += 2) {
        poles.push_back(-std::exp(Complex{0.0, kPi * m / (2.0 * order)}));
    }
    return poles;
}

double prewarped(double f_hz, double rate_hz) { return std::tan(kPi * f_hz / rate_hz); }

/// z = (1 + s) / (1 - s), with the zeros at infinity put to -1.
Zpk bilinear(const Zpk& analog) {
    Zpk digital;
    Complex gain{analog.gain, 0.0};
    for (const Complex& z : analog.zeros) {
        digital.zeros.push_back((1.0 + z) / (1.0 - z));
        gain *= 1.0 - z;
    }
    for (const Complex& p : analog.poles) {
        digital.poles.push_back((1.0 + p) / (1.0 - p));
        gain /= 1.0 - p;
    }
    digital.zeros.resize(digital.poles.size(), Complex{-1.0, 0.0});
    digital.gain = gain.real();
    return digital;
}

/// Takes the entry nearest to `to` out of a list.
Complex take_nearest(std::vector<Complex>& from, const Complex& to) {
    const auto nearest = std::min_element(from.begin(), from.end(), [&](const Complex& a, const Complex& b) {
        return std::abs(a - to) < std::abs(b - to);
    });
    const Complex found = *nearest;
    from.erase(nearest);
    return found;
}

/// Takes out the pole nearest to the unit circle, of the real ones only when asked so.
Complex take_sharpest(std::vector<Complex>& poles, bool real_only) {
    auto sharpest = poles.end();
    for (auto it = poles.begin(); it != poles.end(); ++it) {
        if (real_only && !is_real(*it)) continue;
        if (sharpest == poles.end() || std::abs(1.0 - std::abs(*it)) < std::abs(1.0 - std::abs(*sharpest))) {
            sharpest = it;
        }
    }
    const Complex found = *sharpest;
    poles.erase(sharpest);
    return found;
}

std::vector<Section> sections_of(Zpk zpk) {
    if (zpk.poles.size() % 2 == 1) {
        zpk.poles.emplace_back(0.0, 0.0);
        zpk.zeros.emplace_back(0.0, 0.0);
    }
    // One of each conjugate pair stands for both. All zeros of a Butterworth filter are real.
    std::vector<Complex> poles;
    for (const Complex& p : zpk.poles) {
        if (is_real(p)) poles.emplace_back(p.real(), 0.0);
        else if (p.imag() > 0.0) poles.push_back(p);
    }
    std::vector<Section> sections(zpk.poles.size() / 2);
    for (std::size_t i = sections.size(); i-- > 0;) {
        const Complex p1 = take_sharpest(poles, false);
        const Complex p2 = is_real(p1) ? take_sharpest(poles, true) : std::conj(p1);
        const Complex z1 = take_nearest(zpk.zeros, p1);
        const Complex z2 = take_nearest(zpk.zeros, p1);
        sections[i] = {1.0, -(z1 + z2).real(), (z1 * z2).real(), -(p1 + p2).real(), (p1 * p2).real()};
    }
    sections[0].b0 *= zpk.gain;
    sections[0].b1 *= zpk.gain;
    sections[0].b2 *= zpk.gain;
    return sections;
}

}  // namespace

std::vector<Section> butterworth_low_pass(int order, double cutoff_hz, double rate_hz) {
    check(order, cutoff_hz, cutoff_hz, rate_hz);
    const double c = prewarped(cutoff_hz, rate_hz);
    Zpk analog{.zeros = {}, .poles = prototype(order), .gain = std::pow(c, order)};
    for (Complex& p : analog.poles) p *= c;
    return sections_of(bilinear(analog));
}

std::vector<Section> butterworth_high_pass(int order, double cutoff_hz, double rate_hz) {
    check(order, cutoff_hz, cutoff_hz, rate_hz);
    const double c = prewarped(cutoff_hz, rate_hz);
    Zpk analog{.zeros = std::vector<Complex>(static_cast<std::size_t>(order), Complex{}),
               .poles = prototype(order),
               .gain = 1.0};
    for (Complex& p : analog.poles) p = c / p;
    return sections_of(bilinear(analog));
}

std::vector<Section> butterworth_band_pass(int order, double low_hz, double high_hz, double rate_hz) {
    check(order, low_hz, high_hz, rate_hz);
    const double c1 = prewarped(low_hz, rate_hz);
    const double c2 = prewarped(high_hz, rate_hz);
    Zpk analog{.zeros = std::vector<Complex>(static_cast<std::size_t>(order), Complex{}),
               .poles = {},
               .gain = std::pow(c2 - c1, order)};
    for (const Complex& p : prototype(order)) {
        const Complex half = 0.5 * (c2 - c1) * p;
        const Complex root = std::sqrt(half * half - c1 * c2);
        analog.poles.push_back(half + root);
        analog.poles.push_back(half - root);
    }
    return sections_of(bilinear(analog));
}

Section notch(double f0_hz, double q, double rate_hz) {
    check(1, f0_hz, f0_hz, rate_hz);
    const double w0 = 2.0 * kPi * f0_hz / rate_hz;
    const double gain = 1.0 / (1.0 + std::tan(0.5 * w0 / q));
    const double middle = -2.0 * gain * std::cos(w0);
    return {gain, middle, gain, middle, 2.0 * gain - 1.0};
}

std::complex<double> response(std::span<const Section> sections, double f_hz, double rate_hz) {
    const Complex d = std::exp(Complex{0.0, -2.0 * kPi * f_hz / rate_hz});
    Complex h{1.0, 0.0};
    for (const Section& s : sections) {
        h *= (s.b0 + d * (s.b1 + d * s.b2)) / (1.0 + d * (s.a1 + d * s.a2));
    }
    return h;
}

double group_delay_s(std::span<const Section> sections, double f_hz, double rate_hz) {
    // Of a polynomial P(d), d = e^-jw: the delay is Re(d P'(d) / P(d)) samples.
    const Complex d = std::exp(Complex{0.0, -2.0 * kPi * f_hz / rate_hz});
    double samples = 0.0;
    for (const Section& s : sections) {
        const Complex numerator = s.b0 + d * (s.b1 + d * s.b2);
        const Complex denominator = 1.0 + d * (s.a1 + d * s.a2);
        samples += (d * (s.b1 + 2.0 * d * s.b2) / numerator).real();
        samples -= (d * (s.a1 + 2.0 * d * s.a2) / denominator).real();
    }
    return samples / rate_hz;
}

double dual_pass_factor(int order) { return std::pow(std::sqrt(2.0) - 1.0, 1.0 / (2.0 * order)); }

}  // namespace tonus
