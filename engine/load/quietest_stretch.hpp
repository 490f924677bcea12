#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "engine/core/rate.hpp"

namespace tonus {

/// Keeps the quietest stretch of a signal that comes sample by sample: the baseline of a recording
/// that has none of its own.
///
/// Input      conditioned EMG. A stretch is unbroken: a sample that is not valid begins it anew. One
///            that is silent to the last bit is no muscle at rest, and does not count.
/// Memory     two stretches, however long the recording.
/// Source     domain 6.7.
class QuietestStretch {
public:
    /// Throws Error unless the stretch holds a sample. Candidates begin every 10 ms.
    QuietestStretch(Rate rate, double seconds);

    void process(float sample, bool valid = true) noexcept;

    /// Empty while no whole stretch has come.
    std::span<const float> quietest() const noexcept { return quietest_; }

private:
    void end_hop() noexcept;

    std::size_t hop_;                    // samples
    std::vector<float> samples_;         // a ring of the last stretch, of whole hops
    std::vector<double> hop_energies_;   // the same
    std::size_t n_hops_ = 0;             // since the last break
    std::size_t n_in_hop_ = 0;
    double energy_ = 0.0;                // of this hop
    double least_ = std::numeric_limits<double>::infinity();
    std::vector<float> quietest_;
};

}  // namespace tonus
