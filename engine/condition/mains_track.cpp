#include "engine/condition/mains_track.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace tonus {
namespace {

using Complex = std::complex<double>;

constexpr double kTurn = 2.0 * std::numbers::pi;
constexpr double kBlockS = 0.1;           // five or six cycles of the grid
constexpr double kReachS = 4.0;           // to either side
constexpr double kOffMaxHz = 1.0, kStepHz = 0.02;
constexpr double kPowerMinUv2 = 1e-6;

/// The sums over 100 ms of one channel, and how much noise a sum of them has.
struct Mixed {
    std::vector<Complex> sums;
    std::vector<double> noise;
};

Mixed mix(const FlaggedSignal& signal, const Rate& rate, double nominal_hz) {
    const std::size_t n_block = static_cast<std::size_t>(rate.frames_in(kBlockS));
    Mixed mixed;
    for (std::size_t first = 0; first + n_block <= signal.uv.size(); first += n_block) {
        Complex sum;
        double power = 0.0, n = 0.0;
        for (std::size_t i = first; i < first + n_block; ++i) {
            if (signal.flags[i] != 0) continue;
            const auto x = static_cast<double>(signal.uv[i]);
            sum += x * std::polar(1.0, -kTurn * std::fmod(nominal_hz * rate.time_s(i), 1.0));
            power += x * x;
            n += 1.0;
        }
        const bool counts = 2.0 * n >= static_cast<double>(n_block);
        const double weight = counts ? n / std::max(power, kPowerMinUv2 * n) : 0.0;
        mixed.sums.push_back(weight * sum);
        mixed.noise.push_back(weight * n);
    }
    return mixed;
}

/// How much of the sums from `first` to `last` turns with `off_hz`: 1 a channel where there is only noise.
double score(std::span<const Mixed> channels, std::size_t first, std::size_t last, double off_hz) {
    const Complex step = std::polar(1.0, -kTurn * off_hz * kBlockS);
    double total = 0.0;
    for (const Mixed& channel : channels) {
        Complex sum, turn = 1.0;
        double noise = 0.0;
        for (std::size_t b = first; b < last; ++b, turn *= step) {
            sum += channel.sums[b] * turn;
            noise += channel.noise[b];
        }
        if (noise > 0.0) total += std::norm(sum) / noise;
    }
    return total;
}

/// A moment's frequency less the nominal, or nothing that stands out: NaN.
double off_at(std::span<const Mixed> channels, std::size_t block) {
    const auto reach = static_cast<std::size_t>(kReachS / kBlockS);
    const std::size_t first = block - std::min(block, reach), last = std::min(channels[0].sums.size(), block + reach);
    const auto n_steps = static_cast<int>(std::lround(kOffMaxHz / kStepHz));
    std::vector<double> scores;
    for (int i = -n_steps; i <= n_steps; ++i) scores.push_back(score(channels, first, last, kStepHz * i));
    const auto best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
    // Noise alone is above this once in thousands.
    const auto n = static_cast<double>(channels.size());
    if (scores[best] < n + 6.0 * std::sqrt(n) + 6.0) return std::nan("");
    double at = static_cast<double>(best) - n_steps;
    if (best > 0 && best + 1 < scores.size()) {
        const double before = scores[best - 1], after = scores[best + 1];
        at += 0.5 * (before - after) / (before - 2.0 * scores[best] + after);
    }
    return at * kStepHz;
}

/// Fills what is not known with the nearest that is.
void fill_from_nearest(std::vector<double>& values, double otherwise) {
    const std::vector<double> known = values;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t away = 1; std::isnan(values[i]) && away < values.size(); ++away) {
            if (away <= i) values[i] = known[i - away];
            if (std::isnan(values[i]) && i + away < known.size()) values[i] = known[i + away];
        }
        if (std::isnan(values[i])) values[i] = otherwise;
    }
}

}  // namespace

std::vector<double> track_mains(std::span<const FlaggedSignal> channels, const Rate& rate, double nominal_hz) {
    std::vector<Mixed> mixed;
    for (const FlaggedSignal& channel : channels) mixed.push_back(mix(channel, rate, nominal_hz));
    const auto n_seconds = static_cast<std::size_t>(rate.time_s(channels[0].uv.size())) + 2;
    std::vector<double> frequency_hz;
    for (std::size_t second = 0; second < n_seconds; ++second) {
        const auto block = static_cast<std::size_t>(std::lround(static_cast<double>(second) / kBlockS));
        frequency_hz.push_back(nominal_hz + off_at(mixed, std::min(block, mixed[0].sums.size())));
    }
    fill_from_nearest(frequency_hz, nominal_hz);
    return frequency_hz;
}

}  // namespace tonus
