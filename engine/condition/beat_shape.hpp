#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tonus {

/// The mean beat of one channel in 8-40 Hz, and how much of it is in a stretch of signal: a matched
/// filter. It finds beats under muscle four times as loud as a threshold on the slope does, and
/// puts them on the millisecond, because it asks 90 ms of signal and not one extremum.
///
/// Real time  nothing here allocates, locks, throws or calls the system once made.
/// Source     domain 2.4, path B: template T += (s - T) max(1/n, 1/32), gain <s,T>/<T,T>.
class BeatShape {
public:
    static constexpr double kHalfS = 0.045;

    /// @param n_half  frames on either side of R
    explicit BeatShape(std::size_t n_half) : n_half_(n_half), mean_(2 * n_half + 1, 0.0f) {}

    std::size_t n_half() const noexcept { return n_half_; }
    /// Enough beats were seen, and they were alike: peaks of muscle put on top of each other are not.
    bool known() const noexcept { return n_beats_ >= kBeatsMin && energy_ >= kAlike * energy_seen_; }
    void forget() noexcept;

    /// @param ring    a ring of frames of which those within n_half of `centre` are still there
    void learn(std::span<const float> ring, std::uint64_t centre) noexcept;
    /// How many beats of the mean size stand at `centre`: 1 at a beat, around 0 elsewhere.
    double match(std::span<const float> ring, std::uint64_t centre) const noexcept;

private:
    static constexpr int kBeatsMin = 8;
    static constexpr double kAlike = 0.55;  // of the energy of single beats is in their mean: hearts have 0.6 to 1, muscle under 0.45
    std::size_t n_half_;
    std::vector<float> mean_;
    double energy_ = 0.0;       // of the mean beat
    double energy_seen_ = 0.0;  // mean of the beats'
    int n_beats_ = 0;
};

}  // namespace tonus
