#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/condition/unit_sections.hpp"
#include "engine/core/aligned.hpp"

namespace tonus {

/// What fits into the registers of one pass.
inline constexpr std::size_t kLaneBandsMax = 4, kLanePairsMax = 3;

/// Coefficients and states lie in groups of this many channels, row after row, so that a group is one
/// piece of memory however many channels there are: rows 4 KiB apart would share a cache set.
inline constexpr std::size_t kLaneGroup = 16;

/// What LaneCascade and LinearChain compute in one pass.
struct LaneShape {
    std::size_t n_lanes = 0;  ///< padded
    std::size_t n_bands = 0;  ///< even
    std::size_t n_pairs = 0;
    bool envelope = false;    ///< then rectify, low-pass and scale

    std::size_t n_groups() const noexcept { return (n_lanes + kLaneGroup - 1) / kLaneGroup; }
    /// The gain; a1 and a2 of each band; b1, a1 and a2 of each pair; and of the envelope a2, 4 b0 and
    /// a scale that holds the gain.
    std::size_t n_coefficients() const noexcept { return 1 + 2 * n_bands + 3 * n_pairs + (envelope ? 3 : 0); }
    std::size_t n_states() const noexcept { return 2 * (n_bands + n_pairs) + (envelope ? 4 : 0); }
};

/// The shape that holds all of these. Throws Error for more sections than fit.
LaneShape lane_shape(const std::vector<UnitSections>& channels);

/// The coefficients of these sections, [group][row][lane of the group]; padding and what a channel
/// lacks are wires. Rows of the envelope are left at 0.
template <class T>
AlignedVector<T> lane_coefficients(const LaneShape& shape, const std::vector<UnitSections>& channels);

/// Frames with their padding, `stride` apart, and where the result goes: to the same place or elsewhere.
template <class T>
struct LaneFrames {
    const T* in;
    T* out;
    std::size_t stride;
    std::size_t n_frames;

    /// At most `n` frames from `first` on.
    LaneFrames slice(std::size_t first, std::size_t n) const noexcept {
        return {in + first * stride, out + first * stride, stride, std::min(n, n_frames - first)};
    }
};

/// Computes all frames of all lanes. It does not allocate, lock, throw or call the system.
template <class T>
using LaneKernel = void (*)(const LaneShape& shape, const T* coefficients, T* states, const LaneFrames<T>& frames);

/// The kernel of this shape for this machine: chosen once, at set-up (lane_kernel_simd.cpp).
template <class T>
LaneKernel<T> lane_kernel(const LaneShape& shape);
template <>
LaneKernel<float> lane_kernel<float>(const LaneShape& shape);
template <>
LaneKernel<double> lane_kernel<double>(const LaneShape& shape);

}  // namespace tonus
