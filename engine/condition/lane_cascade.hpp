#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/condition/lane_kernel.hpp"
#include "engine/condition/unit_sections.hpp"

namespace tonus {

/// SectionCascade for the engine thread: channels are the lanes of vector registers, all sections of
/// a frame are taken in one pass, and the numerators cost what their zeros cost (UnitSections).
///
/// T          float in the chain, double where half a hertz must survive.
/// Same       for any number of channels, padding and cut into calls, on one machine. Between machines
///            it differs by rounding, because one has fused multiply-adds and another not: by under
///            1e-5 of the signal (tests/condition/lane_cascade_test.cpp).
/// Real time  process() and reset() do not allocate, lock, throw or call the system.
/// Threads    one at a time: it holds state. It copies.
template <class T>
class LaneCascade {
public:
    /// The sections of each channel; one with fewer than another is a wire beyond them.
    /// Throws Error beyond kLaneBandsMax and kLanePairsMax, and where unit_sections() does.
    explicit LaneCascade(std::span<const std::vector<Section>> channels);

    /// Forgets the past: as if zeros had come for ever.
    void reset() noexcept;

    void process(LaneFrames<T> frames) noexcept { kernel_(shape_, coefficients_.data(), states_.data(), frames); }

    /// Only the kLaneGroup channels among which this one is; the others' samples and states stay.
    void process_group_of(std::size_t channel, LaneFrames<T> frames) noexcept;

private:
    LaneShape shape_;
    LaneKernel<T> kernel_;
    AlignedVector<T> coefficients_;
    AlignedVector<T> states_;
};

extern template class LaneCascade<float>;
extern template class LaneCascade<double>;

}  // namespace tonus
