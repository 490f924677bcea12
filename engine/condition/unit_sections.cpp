#include "engine/condition/unit_sections.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kTolerance = 1e-9;

bool near(double a, double b) { return std::abs(a - b) <= kTolerance; }

}  // namespace

UnitSections unit_sections(std::span<const Section> sections) {
    UnitSections unit;
    std::vector<Section> low, high, others;  // both zeros at 0 Hz, at half the rate, elsewhere
    for (const Section& s : sections) {
        const double b1 = s.b1 / s.b0, b2 = s.b2 / s.b0;
        unit.gain *= s.b0;
        if (near(b1, 0.0) && near(b2, -1.0)) {
            unit.bands.push_back({1.0, 0.0, -1.0, s.a1, s.a2});
        } else if (near(b2, 1.0)) {
            (near(b1, -2.0) ? low : near(b1, 2.0) ? high : others).push_back({1.0, b1, 1.0, s.a1, s.a2});
        } else {
            throw usage_error(fmt::format("a section with the numerator {:.6g}, {:.6g}, {:.6g} has no pair of zeros on the "
                                          "unit circle: filters of even order have", s.b0, s.b1, s.b2));
        }
    }
    const std::size_t n_trades = std::min(low.size(), high.size());
    // In turn, low poles first: two sections of the same end on end would let float rounding through
    // ten times as loud (2e-5 of full scale for 20-450 Hz of order 4, not 1.5e-6).
    for (std::size_t i = 0; i < n_trades; ++i) {
        for (const Section& s : {low[i], high[i]}) unit.bands.push_back({1.0, 0.0, -1.0, s.a1, s.a2});
    }
    for (const std::vector<Section>* left : {&low, &high}) {
        unit.pairs.insert(unit.pairs.end(), left->begin() + static_cast<std::ptrdiff_t>(n_trades), left->end());
    }
    unit.pairs.insert(unit.pairs.end(), others.begin(), others.end());
    return unit;
}

}  // namespace tonus
