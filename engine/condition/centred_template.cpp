#include "engine/condition/centred_template.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

namespace tonus {
namespace {

constexpr double kHalfS = 0.090, kQrsS = 0.055, kShiftS = 0.005;
constexpr std::size_t kBeatsAside = 20, kBeatsMin = 8;
constexpr double kCorrelationMin = 0.6, kQuiet = 0.5;
constexpr double kGainMin = 0.5, kGainMax = 1.5;
// What is known of a beat before it is looked at, as in EcgTemplate.
constexpr double kShiftSdS = 0.0015, kGainSd = 0.15, kColour = 3.0;
constexpr double kMuscleMinUv2 = 1e-6;

struct PlacedBeat {
    std::size_t first = 0;       // where its template begins
    bool whole = true;           // no sample is flagged
    bool learns = true;
    double muscle_uv2 = 0.0;     // outside of the QRS
    std::array<double, 3> gain{};  // before the QRS, of it, after it
};

/// Sums of signal times template, and of their squares, over the samples that count.
struct Fit {
    double st = 0.0, ss = 0.0, tt = 0.0, n = 0.0;
};

/// The beats of one channel.
class HeartBeats {
public:
    HeartBeats(std::span<float> signal_uv, std::span<const std::uint8_t> flags, std::span<const std::size_t> beats, const Rate& rate)
        : signal_uv_(signal_uv),
          flags_(flags),
          rate_(rate),
          n_half_(rate.frames_in(kHalfS)),
          n_qrs_(rate.frames_in(kQrsS)),
          n_shift_(rate.frames_in(kShiftS)) {
        for (const std::size_t r : beats) {
            if (r < n_half_ + n_shift_ || r + n_half_ + n_shift_ >= signal_uv.size()) continue;
            PlacedBeat beat{.first = r - n_half_};
            const auto around = flags.subspan(beat.first, n());
            beat.whole = std::all_of(around.begin(), around.end(), [](std::uint8_t flag) { return flag == 0; });
            beat.muscle_uv2 = muscle_uv2(beat.first);
            beats_.push_back(beat);
        }
    }

    void subtract() {
        std::vector<PlacedBeat> placed = beats_;
        for (std::size_t i = 0; i < beats_.size(); ++i) {
            if (const auto t = template_of(i)) placed[i] = place(beats_[i], *t);
        }
        beats_ = placed;
        std::vector<float> heart(n());
        std::vector<float> without(signal_uv_.begin(), signal_uv_.end());
        for (std::size_t i = 0; i < beats_.size(); ++i) {
            const auto t = template_of(i);
            if (!t) continue;
            // Its place is known from the first round; its size is that of the better template.
            const PlacedBeat beat = sized(beats_[i], *t);
            for (std::size_t k = 0; k < n(); ++k) without[beat.first + k] -= static_cast<float>(beat.gain[part_of(k)] * (*t)[k]);
        }
        std::copy(without.begin(), without.end(), signal_uv_.begin());
    }

private:
    using Template = std::vector<double>;

    std::size_t n() const noexcept { return 2 * n_half_ + 1; }
    std::size_t part_of(std::size_t k) const noexcept { return k < n_half_ - n_qrs_ ? 0 : k <= n_half_ + n_qrs_ ? 1 : 2; }

    /// The mean of those around it, but not of itself: its own muscle is not to be subtracted.
    std::optional<Template> template_of(std::size_t i) const {
        Template sum(n(), 0.0);
        double weights = 0.0;
        std::size_t n_learnt = 0;
        const auto learn = [&](const PlacedBeat& beat) {
            const double weight = 1.0 / std::max(beat.muscle_uv2, kMuscleMinUv2);
            for (std::size_t k = 0; k < n(); ++k) sum[k] += weight * static_cast<double>(signal_uv_[beat.first + k]);
            weights += weight;
            ++n_learnt;
        };
        const auto learns = [](const PlacedBeat& beat) { return beat.whole && beat.learns; };
        std::size_t n_aside = 0;
        for (std::size_t j = i; j-- > 0 && n_aside < kBeatsAside;) {
            if (learns(beats_[j])) learn(beats_[j]), ++n_aside;
        }
        n_aside = 0;
        for (std::size_t j = i + 1; j < beats_.size() && n_aside < kBeatsAside; ++j) {
            if (learns(beats_[j])) learn(beats_[j]), ++n_aside;
        }
        if (n_learnt < kBeatsMin) return std::nullopt;
        for (double& t : sum) t /= weights;
        return sum;
    }

    Fit fit(const Template& t, std::size_t first, std::size_t from, std::size_t to) const noexcept {
        Fit sums;
        for (std::size_t k = from; k < to; ++k) {
            if (flags_[first + k] != 0) continue;
            const auto s = static_cast<double>(signal_uv_[first + k]);
            sums.st += s * t[k];
            sums.ss += s * s;
            sums.tt += t[k] * t[k];
            sums.n += 1.0;
        }
        return sums;
    }

    double muscle_uv2(std::size_t first) const noexcept {
        double sum = 0.0, n_counted = 0.0;
        for (std::size_t k = 0; k < n(); ++k) {
            if (part_of(k) == 1 || flags_[first + k] != 0) continue;
            sum += static_cast<double>(signal_uv_[first + k]) * static_cast<double>(signal_uv_[first + k]);
            n_counted += 1.0;
        }
        return n_counted > 0.0 ? sum / n_counted : 0.0;
    }

    /// The most likely shift of a beat, given the muscle around it, and whether it may teach.
    PlacedBeat place(PlacedBeat beat, const Template& t) const noexcept {
        const std::size_t centred = beat.first;
        const double noise_uv2 = kColour * std::max(beat.muscle_uv2, kMuscleMinUv2);
        double best = 0.0;
        for (std::size_t first = centred - n_shift_; first <= centred + n_shift_; ++first) {
            const double shift_s = rate_.time_s(std::max(first, centred) - std::min(first, centred));
            const double score = fit(t, first, 0, n()).st / noise_uv2 - 0.5 * (shift_s / kShiftSdS) * (shift_s / kShiftSdS);
            if (first > centred - n_shift_ && score <= best) continue;
            best = score;
            beat.first = first;
        }
        const Fit there = fit(t, beat.first, 0, n());
        const bool quiet = beat.muscle_uv2 * there.n < kQuiet * there.tt;
        beat.learns = !quiet || there.st >= kCorrelationMin * std::sqrt(there.ss * there.tt);
        return beat;
    }

    PlacedBeat sized(PlacedBeat beat, const Template& t) const noexcept {
        const double prior = kColour * std::max(beat.muscle_uv2, kMuscleMinUv2) / (kGainSd * kGainSd);
        const std::array<std::size_t, 4> edges{0, n_half_ - n_qrs_, n_half_ + n_qrs_ + 1, n()};
        for (std::size_t part = 0; part < 3; ++part) {
            const Fit there = fit(t, beat.first, edges[part], edges[part + 1]);
            beat.gain[part] = std::clamp((there.st + prior) / (there.tt + prior), kGainMin, kGainMax);
        }
        return beat;
    }

    std::span<float> signal_uv_;
    std::span<const std::uint8_t> flags_;
    Rate rate_;
    std::size_t n_half_, n_qrs_, n_shift_;
    std::vector<PlacedBeat> beats_;
};

}  // namespace

void subtract_heart(std::span<float> signal_uv, std::span<const std::uint8_t> flags, std::span<const std::size_t> beats,
                    const Rate& rate) {
    HeartBeats{signal_uv, flags, beats, rate}.subtract();
}

}  // namespace tonus
