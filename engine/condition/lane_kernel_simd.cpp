// Compiled once per instruction set; lane_kernel() takes the best one this machine has.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/lane_kernel_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <iterator>

#include "engine/condition/lane_kernel.hpp"
#include "engine/core/block.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// A group may be no multiple of a vector of unknown length, but half a group of at most half one.
constexpr std::size_t kWidest = HWY_HAVE_SCALABLE ? kLaneGroup / 2 : kLaneGroup;

/// Zeros at both ends of the band: y = x + s1; s1 = s2 - a1 y; s2 = -x - a2 y.
template <class D, class V>
HWY_INLINE void band(D d, V& x, const hn::TFromD<D>* c, V& s1, V& s2) {
    const V y = hn::Add(x, s1);
    s1 = hn::NegMulAdd(hn::LoadU(d, c), y, s2);
    s2 = hn::NegMulSub(hn::LoadU(d, c + kLaneGroup), y, x);
    x = y;
}

/// A pair of zeros: y = x + s1; s1 = b1 x + s2 - a1 y; s2 = x - a2 y.
template <class D, class V>
HWY_INLINE void pair(D d, V& x, const hn::TFromD<D>* c, V& s1, V& s2) {
    const V y = hn::Add(x, s1);
    s1 = hn::NegMulAdd(hn::LoadU(d, c + kLaneGroup), y, hn::MulAdd(hn::LoadU(d, c), x, s2));
    s2 = hn::NegMulAdd(hn::LoadU(d, c + 2 * kLaneGroup), y, x);
    x = y;
}

/// Rectified, low-passed by the increment w of the output y, scaled (linear_chain.hpp).
template <class D, class V>
HWY_INLINE void envelope(D d, V& x, const hn::TFromD<D>* c, V& x1, V& s1, V& w, V& y) {
    const V rectified = hn::Abs(x);
    const V sum = hn::Add(rectified, s1);  // x + 2 x1 + x2
    s1 = hn::Add(hn::Add(rectified, rectified), x1);
    x1 = rectified;
    w = hn::NegMulAdd(hn::LoadU(d, c + kLaneGroup), y, hn::MulAdd(hn::LoadU(d, c), w, sum));
    y = hn::Add(y, w);
    x = hn::Mul(hn::Max(y, hn::Zero(d)), hn::LoadU(d, c + 2 * kLaneGroup));
}

/// One vector of channels over all frames. Vectors of unknown length have no arrays: so each state
/// has a name, and those of absent sections are never used.
template <std::size_t kBands, std::size_t kPairs, bool kEnvelope, class D, class T = hn::TFromD<D>>
HWY_NOINLINE void vector_of_lanes(D d, const T* HWY_RESTRICT c, T* HWY_RESTRICT states, const LaneFrames<T>& frames) {
    using V = hn::Vec<D>;
    constexpr std::size_t kPairsAt = 1 + 2 * kBands, kEnvelopeAt = kPairsAt + 3 * kPairs;
    constexpr std::size_t kSections = kBands + kPairs, kStates = 2 * kSections + (kEnvelope ? 4 : 0);
    const auto row = [&](std::size_t i) HWY_ATTR { return i < kStates ? hn::LoadU(d, states + i * kLaneGroup) : hn::Zero(d); };
    constexpr std::size_t p = 2 * kBands, e = 2 * kSections;
    V b0 = row(0), b1 = row(1), b2 = row(2), b3 = row(3), b4 = row(4), b5 = row(5), b6 = row(6), b7 = row(7);
    V p0 = row(p), p1 = row(p + 1), p2 = row(p + 2), p3 = row(p + 3), p4 = row(p + 4), p5 = row(p + 5);
    V e0 = row(e), e1 = row(e + 1), e2 = row(e + 2), e3 = row(e + 3);

    // Each part works one frame behind the part before it: so none waits for another.
    const auto part_a = [&](std::size_t t) HWY_ATTR __attribute__((always_inline)) {
        V x = hn::LoadU(d, frames.in + t * frames.stride);
        if constexpr (!kEnvelope) x = hn::Mul(x, hn::LoadU(d, c));
        if constexpr (kBands > 0) band(d, x, c + 1 * kLaneGroup, b0, b1);
        if constexpr (kBands > 1) band(d, x, c + 3 * kLaneGroup, b2, b3);
        return x;
    };
    const auto part_b = [&](V x) HWY_ATTR __attribute__((always_inline)) {
        if constexpr (kBands > 2) band(d, x, c + 5 * kLaneGroup, b4, b5);
        if constexpr (kBands > 3) band(d, x, c + 7 * kLaneGroup, b6, b7);
        return x;
    };
    const auto part_c = [&](std::size_t t, V x) HWY_ATTR __attribute__((always_inline)) {
        if constexpr (kPairs > 0) pair(d, x, c + kPairsAt * kLaneGroup, p0, p1);
        if constexpr (kPairs > 1) pair(d, x, c + (kPairsAt + 3) * kLaneGroup, p2, p3);
        if constexpr (kPairs > 2) pair(d, x, c + (kPairsAt + 6) * kLaneGroup, p4, p5);
        if constexpr (kEnvelope) envelope(d, x, c + kEnvelopeAt * kLaneGroup, e0, e1, e2, e3);
        hn::StoreU(x, d, frames.out + t * frames.stride);
    };
    const std::size_t n = frames.n_frames;
    V a = part_a(0);
    if (n == 1) {
        part_c(0, part_b(a));
    } else {
        V b = part_b(a);
        a = part_a(1);
        for (std::size_t t = 2; t < n; ++t) {
            part_c(t - 2, b);
            b = part_b(a);
            a = part_a(t);
        }
        part_c(n - 2, b);
        part_c(n - 1, part_b(a));
    }

    const auto keep = [&](std::size_t i, V v) HWY_ATTR { hn::StoreU(v, d, states + i * kLaneGroup); };
    if constexpr (kBands > 0) keep(0, b0), keep(1, b1);
    if constexpr (kBands > 1) keep(2, b2), keep(3, b3);
    if constexpr (kBands > 2) keep(4, b4), keep(5, b5);
    if constexpr (kBands > 3) keep(6, b6), keep(7, b7);
    if constexpr (kPairs > 0) keep(p, p0), keep(p + 1, p1);
    if constexpr (kPairs > 1) keep(p + 2, p2), keep(p + 3, p3);
    if constexpr (kPairs > 2) keep(p + 4, p4), keep(p + 5, p5);
    if constexpr (kEnvelope) keep(e, e0), keep(e + 1, e1), keep(e + 2, e2), keep(e + 3, e3);
}

/// Blocks of frames that stay in the first-level cache, whatever the source hands over.
template <std::size_t kBands, std::size_t kPairs, bool kEnvelope, class T>
void all_lanes(const LaneShape& shape, const T* coefficients, T* states, const LaneFrames<T>& all) {
    const hn::CappedTag<T, kWidest> wide;
    const hn::CappedTag<T, kLanes> narrow;
    for (std::size_t done = 0; done < all.n_frames; done += kBlockFrames) {
        const LaneFrames<T> frames = all.slice(done, kBlockFrames);
        const auto run = [&](auto d, std::size_t lane) HWY_ATTR {
            const std::size_t group = lane / kLaneGroup * kLaneGroup, in_group = lane % kLaneGroup;
            vector_of_lanes<kBands, kPairs, kEnvelope>(d, coefficients + group * shape.n_coefficients() + in_group,
                                                       states + group * shape.n_states() + in_group,
                                                       {frames.in + lane, frames.out + lane, frames.stride, frames.n_frames});
        };
        std::size_t lane = 0;
        for (; lane + hn::Lanes(wide) <= shape.n_lanes; lane += hn::Lanes(wide)) run(wide, lane);
        for (; lane < shape.n_lanes; lane += hn::Lanes(narrow)) run(narrow, lane);
    }
}

template <std::size_t kBands, bool kEnvelope, class T>
LaneKernel<T> by_pairs(const LaneShape& shape) {
    constexpr LaneKernel<T> kernels[] = {&all_lanes<kBands, 0, kEnvelope, T>, &all_lanes<kBands, 1, kEnvelope, T>,
                                         &all_lanes<kBands, 2, kEnvelope, T>, &all_lanes<kBands, 3, kEnvelope, T>};
    static_assert(std::size(kernels) == kLanePairsMax + 1);
    return kernels[shape.n_pairs];
}

template <bool kEnvelope, class T>
LaneKernel<T> by_bands(const LaneShape& shape) {
    static_assert(kLaneBandsMax == 4);
    if (shape.n_bands == 0) return by_pairs<0, kEnvelope, T>(shape);
    if (shape.n_bands == 2) return by_pairs<2, kEnvelope, T>(shape);
    return by_pairs<4, kEnvelope, T>(shape);
}

LaneKernel<float> float_kernel(const LaneShape& shape) {
    return shape.envelope ? by_bands<true, float>(shape) : by_bands<false, float>(shape);
}
LaneKernel<double> double_kernel(const LaneShape& shape) { return by_bands<false, double>(shape); }

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(float_kernel);
HWY_EXPORT(double_kernel);

}  // namespace

template <>
LaneKernel<float> lane_kernel<float>(const LaneShape& shape) { return HWY_DYNAMIC_DISPATCH(float_kernel)(shape); }
template <>
LaneKernel<double> lane_kernel<double>(const LaneShape& shape) { return HWY_DYNAMIC_DISPATCH(double_kernel)(shape); }

}  // namespace tonus
#endif
