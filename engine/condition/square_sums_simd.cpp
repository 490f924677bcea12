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

HWY_INLINE bool any_set(const std::uint8_t* flags, std::size_t n) {
    const hn::CappedTag<std::uint8_t, 64> d;
    auto any = hn::Zero(d);
    std::size_t i = 0;
    for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) any = hn::Or(any, hn::LoadU(d, flags + i));
    return !hn::AllTrue(d, hn::Eq(any, hn::Zero(d))) || any_flagged(flags + i, kLanes, (n - i) / kLanes);
}

HWY_INLINE hn::Vec<D> load(D d, const float* x) { return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, D>(), x)); }
HWY_INLINE hn::Vec<D> load(D d, const double* x) { return hn::LoadU(d, x); }

/// Adds to the sums of a register's lanes. kFlagged: among them are flags, which are nearly never there.
template <bool kFourth, bool kFlagged, class T>
HWY_INLINE void add(D d, const FlaggedFrames<T>& frames, std::size_t at, hn::Vec<D>& squares, hn::Vec<D>& fourths) {
    auto x = load(d, frames.samples + at);
    if constexpr (kFlagged) {
        const auto flags = hn::PromoteTo(hn::Rebind<std::int32_t, D>(), hn::LoadU(hn::Rebind<std::uint8_t, D>(), frames.flags + at));
        x = hn::IfThenElseZero(hn::Eq(hn::PromoteTo(d, flags), hn::Zero(d)), x);
    }
    const auto x2 = hn::Mul(x, x);
    squares = hn::Add(squares, x2);
    if constexpr (kFourth) fourths = hn::Add(fourths, hn::Mul(x2, x2));
}

template <bool kFourth, bool kFlagged, class T>
HWY_INLINE void sum(const FlaggedFrames<T>& frames, double* square, double* fourth, std::size_t lane) {
    const D d;
    auto squares = hn::LoadU(d, square + lane), fourths = squares;
    if constexpr (kFourth) fourths = hn::LoadU(d, fourth + lane);
    for (std::size_t t = 0; t < frames.n_frames; ++t) add<kFourth, kFlagged>(d, frames, t * frames.stride + lane, squares, fourths);
    hn::StoreU(squares, d, square + lane);
    if constexpr (kFourth) hn::StoreU(fourths, d, fourth + lane);
}

/// Two registers at once without flags, because each addition has to wait for the last.
template <bool kFourth, class T>
HWY_INLINE void sum_two(const FlaggedFrames<T>& frames, double* square, double* fourth, std::size_t lane) {
    const D d;
    const std::size_t next = lane + hn::Lanes(d);
    auto a2 = hn::LoadU(d, square + lane), b2 = hn::LoadU(d, square + next), a4 = a2, b4 = b2;
    if constexpr (kFourth) a4 = hn::LoadU(d, fourth + lane), b4 = hn::LoadU(d, fourth + next);
    for (std::size_t t = 0; t < frames.n_frames; ++t) {
        add<kFourth, false>(d, frames, t * frames.stride + lane, a2, a4);
        add<kFourth, false>(d, frames, t * frames.stride + next, b2, b4);
    }
    hn::StoreU(a2, d, square + lane);
    hn::StoreU(b2, d, square + next);
    if constexpr (kFourth) hn::StoreU(a4, d, fourth + lane), hn::StoreU(b4, d, fourth + next);
}

template <bool kFourth, class T>
HWY_INLINE bool sums(const FlaggedFrames<T>& frames, double* square, double* fourth) {
    const std::size_t n = hn::Lanes(D());
    const bool flagged = any_set(frames.flags, frames.n_frames * frames.stride);
    std::size_t lane = 0;
    for (; !flagged && lane + 2 * n <= frames.stride; lane += 2 * n) sum_two<kFourth>(frames, square, fourth, lane);
    for (; lane < frames.stride; lane += n) {
        const std::size_t group = lane / kLanes * kLanes;
        if (flagged && any_flagged(frames.flags + group, frames.stride, frames.n_frames)) sum<kFourth, true>(frames, square, fourth, lane);
        else sum<kFourth, false>(frames, square, fourth, lane);
    }
    return flagged;
}

bool of_floats(const FlaggedFrames<float>& frames, double* square) { return sums<false>(frames, square, nullptr); }
bool of_doubles(const FlaggedFrames<double>& frames, double* square) { return sums<false>(frames, square, nullptr); }
bool with_fourths(const FlaggedFrames<float>& frames, double* square, double* fourth) { return sums<true>(frames, square, fourth); }

void of_samples(const FlaggedFrames<float>& frames, float* sum) {
    const hn::CappedTag<float, kLanes> d;
    for (std::size_t lane = 0; lane < frames.stride; lane += hn::Lanes(d)) {
        auto total = hn::LoadU(d, sum + lane);
        for (std::size_t t = 0; t < frames.n_frames; ++t) total = hn::Add(total, hn::LoadU(d, frames.samples + t * frames.stride + lane));
        hn::StoreU(total, d, sum + lane);
    }
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(of_floats);
HWY_EXPORT(of_doubles);
HWY_EXPORT(with_fourths);
HWY_EXPORT(of_samples);

}  // namespace

bool add_squares(const FlaggedFrames<float>& frames, double* square) noexcept { return HWY_DYNAMIC_DISPATCH(of_floats)(frames, square); }
bool add_squares(const FlaggedFrames<double>& frames, double* square) noexcept { return HWY_DYNAMIC_DISPATCH(of_doubles)(frames, square); }
bool add_squares_and_fourths(const FlaggedFrames<float>& frames, double* square, double* fourth) noexcept {
    return HWY_DYNAMIC_DISPATCH(with_fourths)(frames, square, fourth);
}
void add_samples(const FlaggedFrames<float>& frames, float* sum) noexcept { HWY_DYNAMIC_DISPATCH(of_samples)(frames, sum); }

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
