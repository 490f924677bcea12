#include "engine/load/quietest_stretch.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr double kHopS = 0.01;

}  // namespace

QuietestStretch::QuietestStretch(Rate rate, double seconds) : hop_(std::max<std::size_t>(1, rate.frames_in(kHopS))) {
    const std::size_t n_samples = rate.frames_in(seconds);
    if (n_samples == 0) throw usage_error(fmt::format("onset: a baseline of {:.6g} s at {:.6g} Hz holds no sample", seconds, rate.hz()));
    hop_energies_.resize((n_samples + hop_ - 1) / hop_);
    samples_.resize(hop_energies_.size() * hop_);
    quietest_.reserve(samples_.size());
}

void QuietestStretch::process(float sample, bool valid) noexcept {
    if (!valid || !std::isfinite(sample)) {
        n_hops_ = n_in_hop_ = 0;
        energy_ = 0.0;
        return;
    }
    samples_[n_hops_ % hop_energies_.size() * hop_ + n_in_hop_] = sample;
    energy_ += static_cast<double>(sample) * static_cast<double>(sample);
    if (++n_in_hop_ == hop_) end_hop();
}

void QuietestStretch::end_hop() noexcept {
    hop_energies_[n_hops_ % hop_energies_.size()] = energy_;
    ++n_hops_;
    n_in_hop_ = 0;
    energy_ = 0.0;
    if (n_hops_ < hop_energies_.size()) return;
    // Added up anew each time: a running sum of hours would keep the errors of every burst in it.
    const double energy = std::accumulate(hop_energies_.begin(), hop_energies_.end(), 0.0);
    if (!(energy > 0.0) || energy >= least_) return;
    least_ = energy;
    const auto oldest = samples_.begin() + static_cast<std::ptrdiff_t>(n_hops_ % hop_energies_.size() * hop_);
    quietest_.assign(oldest, samples_.end());
    quietest_.insert(quietest_.end(), samples_.begin(), oldest);
}

}  // namespace tonus
