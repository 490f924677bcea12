#include "tools/tonus/hum_meter.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tonus::cli {
namespace {

constexpr std::array<double, 2> kBaseHz{50.0, 60.0};
constexpr double kBesideHz = 4.0;
// A line of noise alone is as high as those beside it; that of hum which matters stands far out.
constexpr double kHumRatio = 10.0;
// Of the power of the whole signal; less is no trouble, and may be the rounding of a clean sine.
constexpr double kHumPart = 1e-3;

}  // namespace

HumMeter::HumMeter(double rate_hz) noexcept {
    if (rate_hz < 2.0 * (kBaseHz[1] + kBesideHz) || rate_hz > 1e6) return;
    n_second_ = static_cast<std::size_t>(std::lround(rate_hz));
    for (std::size_t b = 0; b < kBases; ++b) {
        for (std::size_t l = 0; l < kLines; ++l) {
            const double hz = kBaseHz[b] + kBesideHz * (static_cast<double>(l) - 1.0);
            lines_[b][l].factor = 2.0 * std::cos(2.0 * std::numbers::pi * hz / rate_hz);
        }
    }
}

void HumMeter::add(double value) noexcept {
    if (n_second_ == 0) return;
    sum_ += value;
    square_sum_ += value * value;
    for (auto& base : lines_) {
        for (Line& line : base) {
            const double s = value + line.factor * line.s1 - line.s2;
            line.s2 = line.s1;
            line.s1 = s;
        }
    }
    if (++n_ < n_second_) return;
    for (auto& base : lines_) {
        for (Line& line : base) line.power += line.s1 * line.s1 + line.s2 * line.s2 - line.factor * line.s1 * line.s2;
    }
    const double n = static_cast<double>(n_second_);
    power_ += n * (square_sum_ - sum_ * sum_ / n) / 2.0;  // on the scale of a line that holds it all
    restart();
}

void HumMeter::restart() noexcept {
    n_ = 0;
    sum_ = square_sum_ = 0.0;
    for (auto& base : lines_) {
        for (Line& line : base) line.s1 = line.s2 = 0.0;
    }
}

double HumMeter::found_hz() const noexcept {
    double found_hz = 0.0, most = kHumRatio;
    for (std::size_t b = 0; b < kBases; ++b) {
        const double beside = std::max(lines_[b][0].power, lines_[b][2].power);
        if (lines_[b][1].power <= std::max(most * beside, kHumPart * power_)) continue;
        most = beside > 0.0 ? lines_[b][1].power / beside : most;
        found_hz = kBaseHz[b];
    }
    return found_hz;
}

}  // namespace tonus::cli
