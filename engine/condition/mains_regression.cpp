#include "engine/condition/mains_regression.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

namespace tonus {
namespace {

using Complex = std::complex<double>;

constexpr double kTurn = 2.0 * std::numbers::pi;
constexpr double kHopS = 1.0;             // half of a segment
constexpr double kWeightS = 0.1;
constexpr double kEnoughS = 0.5;
constexpr double kPowerMinUv2 = 1e-6;
constexpr std::size_t kTermsMax = 2 * kMainsHarmonicsMax;

using Terms = std::array<double, kTermsMax>;

/// What each sample weighs: the inverse of the power of its 100 ms without hum, and nothing where it is
/// flagged.
std::vector<double> weights_of(const FlaggedSignal& signal, std::span<const float> hum_uv, const Rate& rate) {
    const std::size_t n_block = std::max<std::size_t>(1, static_cast<std::size_t>(rate.frames_in(kWeightS)));
    std::vector<double> weights(signal.uv.size(), 0.0);
    for (std::size_t first = 0; first < weights.size(); first += n_block) {
        const std::size_t end = std::min(first + n_block, weights.size());
        double power = 0.0, n = 0.0;
        for (std::size_t i = first; i < end; ++i) {
            if (signal.flags[i] != 0) continue;
            const double muscle_uv = static_cast<double>(signal.uv[i]) - static_cast<double>(hum_uv[i]);
            power += muscle_uv * muscle_uv;
            n += 1.0;
        }
        for (std::size_t i = first; i < end; ++i) {
            if (signal.flags[i] == 0) weights[i] = n / std::max(power, kPowerMinUv2 * n);
        }
    }
    return weights;
}

/// The cosine and sine of every harmonic, frame by frame.
class Oscillators {
public:
    Oscillators(const MainsSegment& segment, const Rate& rate, std::size_t first) {
        for (std::size_t k = 1; k <= kMainsHarmonicsMax; ++k) {
            if (!segment.harmonics[k - 1]) continue;
            const double f_hz = static_cast<double>(k) * segment.frequency_hz;
            now_.push_back(std::polar(1.0, kTurn * std::fmod(f_hz * rate.time_s(first), 1.0)));
            step_.push_back(std::polar(1.0, kTurn * f_hz / rate.hz()));
        }
    }
    std::size_t n_terms() const noexcept { return 2 * now_.size(); }
    void next(Terms& terms) noexcept {
        for (std::size_t k = 0; k < now_.size(); ++k) {
            terms[2 * k] = now_[k].real();
            terms[2 * k + 1] = now_[k].imag();
            now_[k] *= step_[k];
        }
    }

private:
    std::vector<Complex> now_, step_;
};

/// Normal equations, solved by Cholesky's method in place.
struct Equations {
    std::array<Terms, kTermsMax> gram{};
    Terms right{};

    void add(const Terms& terms, std::size_t n, double x, double weight) noexcept {
        for (std::size_t i = 0; i < n; ++i) {
            const double weighted = weight * terms[i];
            right[i] += weighted * x;
            for (std::size_t j = 0; j <= i; ++j) gram[i][j] += weighted * terms[j];
        }
    }
    Terms solve(std::size_t n) noexcept {
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j <= i; ++j) {
                double sum = gram[i][j];
                for (std::size_t k = 0; k < j; ++k) sum -= gram[i][k] * gram[j][k];
                if (i != j) gram[i][j] = sum / gram[j][j];
                else if (sum > 0.0) gram[i][i] = std::sqrt(sum);
                else return {};
            }
            for (std::size_t k = 0; k < i; ++k) right[i] -= gram[i][k] * right[k];
            right[i] /= gram[i][i];
        }
        for (std::size_t i = n; i-- > 0;) {
            for (std::size_t k = i + 1; k < n; ++k) right[i] -= gram[k][i] * right[k];
            right[i] /= gram[i][i];
        }
        return right;
    }
};

/// Adds the hum of one segment, faded in and out around its moment.
void add_segment(const FlaggedSignal& signal, const Rate& rate, const MainsSegment& segment, std::span<const double> weights,
                 std::size_t moment, std::vector<float>& hum_uv) {
    const std::size_t n = signal.uv.size(), hop = static_cast<std::size_t>(rate.frames_in(kHopS));
    // At the ends too 2 s are fitted, as far as there are such.
    const std::size_t n_fit = std::min(n, 2 * hop), first = std::min(moment - std::min(moment, hop), n - n_fit);
    const std::span<const double> of_fit = weights.subspan(first, n_fit);
    const auto n_valid = static_cast<std::size_t>(std::count_if(of_fit.begin(), of_fit.end(), [](double w) { return w > 0.0; }));
    if (segment.harmonics.none() || n_valid < rate.frames_in(kEnoughS)) return;

    Equations equations;
    Terms terms{};
    Oscillators fitted{segment, rate, first};
    for (std::size_t i = first; i < first + n_fit; ++i) {
        fitted.next(terms);
        if (weights[i] > 0.0) equations.add(terms, fitted.n_terms(), static_cast<double>(signal.uv[i]), weights[i]);
    }
    const Terms found = equations.solve(fitted.n_terms());

    const std::size_t begin = moment - std::min(moment, hop), end = std::min(n, moment + hop);
    Oscillators played{segment, rate, begin};
    for (std::size_t i = begin; i < end; ++i) {
        played.next(terms);
        double hum = 0.0;
        for (std::size_t t = 0; t < played.n_terms(); ++t) hum += found[t] * terms[t];
        const double away = (static_cast<double>(i) - static_cast<double>(moment)) / static_cast<double>(hop);
        const double fade = std::cos(0.25 * kTurn * away);
        hum_uv[i] += static_cast<float>(fade * fade * hum);
    }
}

}  // namespace

std::vector<float> regress_mains(const FlaggedSignal& signal, const Rate& rate, std::span<const MainsSegment> segments) {
    std::vector<float> hum_uv(signal.uv.size(), 0.0f);
    const std::size_t hop = static_cast<std::size_t>(rate.frames_in(kHopS));
    // Once would make the hum too small: where the muscle happens to go against it the power is low.
    for (int round = 0; round < 2; ++round) {
        const std::vector<double> weights = weights_of(signal, hum_uv, rate);
        std::fill(hum_uv.begin(), hum_uv.end(), 0.0f);
        for (std::size_t k = 0; k < segments.size() && (k == 0 || (k - 1) * hop < signal.uv.size()); ++k) {
            add_segment(signal, rate, segments[k], weights, k * hop, hum_uv);
        }
    }
    return hum_uv;
}

}  // namespace tonus
