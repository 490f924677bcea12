#include "engine/condition/beat_shape.hpp"

#include <algorithm>
#include <cmath>

#include "engine/condition/stretch_sums.hpp"

namespace tonus {
namespace {

constexpr double kForgetMin = 1.0 / 32.0;
constexpr double kEnergyMax = 4.0;

}  // namespace

void BeatShape::forget() noexcept {
    std::fill(mean_.begin(), mean_.end(), 0.0f);
    energy_ = energy_seen_ = 0.0;
    n_beats_ = 0;
}

void BeatShape::learn(std::span<const float> ring, std::uint64_t centre) noexcept {
    n_beats_ = std::min(n_beats_ + 1, 1000);
    const double forget = std::max(1.0 / n_beats_, kForgetMin);
    double seen = 0.0;
    for (std::size_t i = 0; i < mean_.size(); ++i) {
        const auto x = static_cast<double>(ring[(centre - n_half_ + i) % ring.size()]);
        seen += x * x;
    }
    // A knock weighs no more than a beat of twice the usual size.
    const double share = n_beats_ > 1 && seen > kEnergyMax * energy_seen_ ? std::sqrt(kEnergyMax * energy_seen_ / seen) : 1.0;
    seen *= share * share;
    energy_ = 0.0;
    for (std::size_t i = 0; i < mean_.size(); ++i) {
        const float x = static_cast<float>(share) * ring[(centre - n_half_ + i) % ring.size()];
        mean_[i] += static_cast<float>(forget) * (x - mean_[i]);
        energy_ += static_cast<double>(mean_[i]) * static_cast<double>(mean_[i]);
    }
    energy_seen_ += forget * (seen - energy_seen_);
}

double BeatShape::match(std::span<const float> ring, std::uint64_t centre) const noexcept {
    // In two runs, so that the loop has no wrap in it: this is done for every frame.
    const std::size_t first = static_cast<std::size_t>((centre - n_half_) % ring.size());
    const std::size_t n_before = std::min(mean_.size(), ring.size() - first);
    const double product = sum_of_products(mean_.data(), ring.data() + first, n_before) +
                           sum_of_products(mean_.data() + n_before, ring.data(), mean_.size() - n_before);
    return energy_ > 0.0 ? product / energy_ : 0.0;
}

}  // namespace tonus
