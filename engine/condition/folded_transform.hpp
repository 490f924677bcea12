#pragma once

#include <cstddef>

#include "engine/core/aligned.hpp"

namespace tonus {

/// The Fourier transform of a few frames at a few frequencies, for all channels at once. Time counts from the
/// middle: there two frames as far on either side meet the same cosine and opposite sines, so that their sum
/// and their difference take half of the multiplications.
///
/// Output     a sum that no electrode makes, or of what is no number, is 0. Sums differ between instruction sets by
///            rounding, by under 1e-6 of the largest line.
/// Real time  process() and set_line() do not allocate, lock, throw or call the system.
class FoldedTransform {
public:
    /// @param n_lanes  channels with their padding
    FoldedTransform(std::size_t n_frames, std::size_t n_lines, std::size_t n_lanes);

    void set_line(std::size_t line, double radians_per_frame) noexcept;

    /// From n_frames frames of n_lanes samples the sums of sample times cosine, and of sample times sine:
    /// n_lanes of each for every line.
    void process(const float* frames, float* cosines, float* sines) noexcept;

    /// The same of the steps from frame to frame: the first counts from the frame before `frames`.
    void process_steps(const float* frames, float* cosines, float* sines) noexcept;

    /// Only the first lines are asked for from now on; at most those it was made for.
    void use_lines(std::size_t n) noexcept { n_lines_ = n; }

    double middle() const noexcept { return 0.5 * static_cast<double>(n_frames_ - 1); }  ///< in frames

private:
    std::size_t n_frames_, n_lines_, n_lanes_, n_pairs_;
    AlignedVector<float> turns_;   // [line][pair][cosine, sine], the outermost pair first
    AlignedVector<float> folded_;  // [pair][sum, difference][lane of a register]
};

}  // namespace tonus
