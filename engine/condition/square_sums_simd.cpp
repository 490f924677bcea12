// Compiled once per instruction set. A float's square is exact in double, and so is the product of
// zeros that a flagged sample adds: the order of additions alone decides the bits, and it is kept.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/square_sums_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstring>

#include "engine/core/block.hpp"
#include "engine/condition/square_sums.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, kLanes>;

HWY_INLINE hn::Vec<D> valid(D d, const float* x, hn::Mask<D> counts) {
    return hn::IfThenElseZero(counts, hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, D>(), x)));
}
HWY_INLINE hn::Vec<D> valid(D d, const double* x, hn::Mask<D> counts) {
    return hn::IfThenElseZero(counts, hn::LoadU(d, x));
}

template <bool kFourth, class T>
HWY_INLINE void sum(const FlaggedFrames<T>& frames, double* square, double* fourth) {
    const D d;
    const hn::Rebind<std::uint8_t, D> flag_tag;
    const hn::Rebind<std::int32_t, D> word_tag;
    for (std::size_t lane = 0; lane < frames.stride; lane += hn::Lanes(d)) {
        auto squares = hn::LoadU(d, square + lane), fourths = hn::Zero(d);
        if constexpr (kFourth) fourths = hn::LoadU(d, fourth + lane);
        for (std::size_t t = 0; t < frames.n_frames; ++t) {
            const std::size_t at = t * frames.stride + lane;
            const auto flags = hn::PromoteTo(d, hn::PromoteTo(word_tag, hn::LoadU(flag_tag, frames.flags + at)));
            const auto x = valid(d, frames.samples + at, hn::Eq(flags, hn::Zero(d)));
            const auto x2 = hn::Mul(x, x);
            squares = hn::Add(squares, x2);
            if constexpr (kFourth) fourths = hn::Add(fourths, hn::Mul(x2, x2));
        }
        hn::StoreU(squares, d, square + lane);
        if constexpr (kFourth) hn::StoreU(fourths, d, fourth + lane);
    }
}

void of_floats(const FlaggedFrames<float>& frames, double* square) { sum<false>(frames, square, nullptr); }
void of_doubles(const FlaggedFrames<double>& frames, double* square) { sum<false>(frames, square, nullptr); }
void with_fourths(const FlaggedFrames<float>& frames, double* square, double* fourth) { sum<true>(frames, square, fourth); }

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(of_floats);
HWY_EXPORT(of_doubles);
HWY_EXPORT(with_fourths);

}  // namespace

void add_squares(const FlaggedFrames<float>& frames, double* square) noexcept { HWY_DYNAMIC_DISPATCH(of_floats)(frames, square); }
void add_squares(const FlaggedFrames<double>& frames, double* square) noexcept { HWY_DYNAMIC_DISPATCH(of_doubles)(frames, square); }
void add_squares_and_fourths(const FlaggedFrames<float>& frames, double* square, double* fourth) noexcept {
    HWY_DYNAMIC_DISPATCH(with_fourths)(frames, square, fourth);
}

bool any_flagged(const std::uint8_t* flags, std::size_t stride, std::size_t n_frames) noexcept {
    std::uint64_t any = 0;
    for (std::size_t t = 0; t < n_frames; ++t) {
        std::uint64_t of_frame;
        static_assert(sizeof of_frame == kLanes);
        std::memcpy(&of_frame, flags + t * stride, sizeof of_frame);
        any |= of_frame;
    }
    return any != 0;
}

}  // namespace tonus
#endif
