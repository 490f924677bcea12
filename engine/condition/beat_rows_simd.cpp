// Compiled once per instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/beat_rows_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <bit>

#include "engine/condition/beat_rows.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, kLanes>;
using DI = hn::Rebind<std::int32_t, D>;
using V = hn::Vec<D>;

constexpr float kMuscleMinUv2 = 1e-6f;
constexpr std::size_t kShiftsAtOnce = 7;  // 5 ms on either side are 11, 21 or 41 shifts at 1, 2 and 4 kHz

HWY_INLINE V row(const float* rows, std::size_t k) { return hn::LoadU(D(), rows + k * kLanes); }
HWY_INLINE V add_squares(const float* rows, std::size_t n, V sum) {
    for (std::size_t k = 0; k < n; ++k) sum = hn::MulAdd(row(rows, k), row(rows, k), sum);
    return sum;
}

void shifts_of_lanes(const BeatWindow& window, const float* stretch, const float* mean, const float* penalty, float colour,
                     float* muscle_uv2, std::int32_t* shift) {
    const D d;
    const DI di;
    const float* const centred = stretch + window.n_shift * kLanes;
    const std::size_t n = window.n_beat(), n_outside = window.n_outside();
    V muscle = add_squares(centred, n_outside, hn::Zero(d));
    muscle = add_squares(centred + (n - n_outside) * kLanes, n_outside, muscle);
    muscle = hn::Max(hn::Div(muscle, hn::Set(d, static_cast<float>(2 * n_outside))), hn::Set(d, kMuscleMinUv2));
    hn::StoreU(muscle, d, muscle_uv2);
    const V noise = hn::Mul(hn::Set(d, colour / static_cast<float>(window.n_apart)), muscle);

    V best = hn::Set(d, -1e30f);
    auto best_shift = hn::Zero(di);
    const auto consider = [&](V product, std::size_t at) HWY_ATTR {
        if (at >= window.n_shifts()) return;
        const V score = hn::Sub(hn::Div(product, noise), hn::Set(d, penalty[at]));
        const auto better = hn::Gt(score, best);
        best = hn::IfThenElse(better, score, best);
        best_shift = hn::IfThenElse(hn::RebindMask(di, better), hn::Set(di, static_cast<std::int32_t>(at)), best_shift);
    };
    for (std::size_t first = 0; first < window.n_shifts(); first += kShiftsAtOnce) {
        const float* s = stretch + first * kLanes;
        const std::size_t apart = window.n_apart;
        V p0 = hn::Zero(d), p1 = p0, p2 = p0, p3 = p0, p4 = p0, p5 = p0, p6 = p0;
        for (std::size_t k = 0; k < n; k += apart, s += apart * kLanes) {
            const V m = row(mean, k);
            p0 = hn::MulAdd(row(s, 0), m, p0);
            p1 = hn::MulAdd(row(s, 1), m, p1);
            p2 = hn::MulAdd(row(s, 2), m, p2);
            p3 = hn::MulAdd(row(s, 3), m, p3);
            p4 = hn::MulAdd(row(s, 4), m, p4);
            p5 = hn::MulAdd(row(s, 5), m, p5);
            p6 = hn::MulAdd(row(s, 6), m, p6);
        }
        consider(p0, first), consider(p1, first + 1), consider(p2, first + 2), consider(p3, first + 3);
        consider(p4, first + 4), consider(p5, first + 5), consider(p6, first + 6);
    }
    hn::StoreU(best_shift, di, shift);
}

/// Which channels' shifts from the first hold this bit: by its bits, a shift of each channel's own is a few moves of whole rows.
HWY_INLINE hn::Mask<D> moved(const BeatFit& fit, std::size_t lane, std::size_t bit) {
    const DI di;
    const auto only = hn::Set(di, static_cast<std::int32_t>(bit));
    const auto shift = hn::Sub(hn::LoadU(di, fit.shift.data() + lane), hn::Set(di, static_cast<std::int32_t>(fit.first)));
    return hn::RebindMask(D(), hn::Eq(hn::And(shift, only), only));
}

void move_up(const BeatWindow& window, float* stretch, std::size_t lane, const BeatFit& fit) {
    const D d;
    float* const rows = stretch + fit.first * kLanes + lane;
    for (std::size_t bit = std::bit_ceil(window.n_shifts() - fit.first) / 2; bit > 0; bit /= 2) {
        const auto moves = moved(fit, lane, bit);
        if (hn::AllFalse(d, moves)) continue;
        for (std::size_t k = 0; k + 1 < window.n_beat() + bit; ++k) {
            hn::StoreU(hn::IfThenElse(moves, row(rows, k + bit), row(rows, k)), d, rows + k * kLanes);
        }
    }
}

void move_down(const BeatWindow& window, float* heart, std::size_t lane, const BeatFit& fit) {
    const D d;
    float* const rows = heart + lane;
    for (std::size_t bit = 1; bit < window.n_shifts(); bit *= 2) {
        const auto moves = moved(fit, lane, bit);
        if (hn::AllFalse(d, moves)) continue;
        for (std::size_t k = window.n_stretch(); k-- > 0;) {
            const V from = k >= bit ? row(rows, k - bit) : hn::Zero(d);
            hn::StoreU(hn::IfThenElse(moves, from, row(rows, k)), d, rows + k * kLanes);
        }
    }
}

void fit_part(const float* stretch, const float* mean, std::size_t n, V& square, float* product, float* mean_square) {
    const D d;
    V p = hn::Zero(d), m2 = hn::Zero(d);
    for (std::size_t k = 0; k < n; ++k) {
        const V s = row(stretch, k), m = row(mean, k);
        p = hn::MulAdd(s, m, p);
        m2 = hn::MulAdd(m, m, m2);
        square = hn::MulAdd(s, s, square);
    }
    hn::StoreU(p, d, product);
    hn::StoreU(m2, d, mean_square);
}

/// Calls back for each part of a beat: (part, its first row, rows).
template <class Do>
HWY_INLINE void each_part(const BeatWindow& window, Do&& part) {
    const std::size_t n_outside = window.n_outside(), n_inside = window.n_beat() - 2 * n_outside;
    part(0, 0, n_outside);
    part(1, n_outside, n_inside);
    part(2, n_outside + n_inside, n_outside);
}

void find(const BeatWindow& window, const float* stretch, const float* mean, const float* penalty, float colour, BeatFit& fit) {
    for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(D())) {
        shifts_of_lanes(window, stretch + lane, mean + lane, penalty, colour, fit.muscle_uv2.data() + lane, fit.shift.data() + lane);
    }
}

void align(const BeatWindow& window, float* stretch, const float* mean, BeatFit& fit) {
    fit.first = static_cast<std::size_t>(*std::min_element(fit.shift.begin(), fit.shift.end()));
    for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(D())) {
        move_up(window, stretch, lane, fit);
        V square = hn::Zero(D());
        each_part(window, [&](std::size_t part, std::size_t first, std::size_t n) HWY_ATTR {
            fit_part(stretch + (fit.first + first) * kLanes + lane, mean + first * kLanes + lane, n, square, fit.product[part].data() + lane,
                     fit.mean_square[part].data() + lane);
        });
        hn::StoreU(square, D(), fit.square.data() + lane);
    }
}

void scale(const BeatWindow& window, const float* mean, const BeatFit& fit, float* heart) {
    const D d;
    for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) {
        float* const rows = heart + lane;
        for (std::size_t k = 0; k < fit.first; ++k) hn::StoreU(hn::Zero(d), d, rows + k * kLanes);
        each_part(window, [&](std::size_t part, std::size_t first, std::size_t n) HWY_ATTR {
            const V gain = hn::LoadU(d, fit.gain[part].data() + lane);
            for (std::size_t k = first; k < first + n; ++k) hn::StoreU(hn::Mul(gain, row(mean + lane, k)), d, rows + (fit.first + k) * kLanes);
        });
        for (std::size_t k = fit.first + window.n_beat(); k < window.n_stretch(); ++k) hn::StoreU(hn::Zero(d), d, rows + k * kLanes);
        move_down(window, heart, lane, fit);
    }
}

void learn(const BeatWindow& window, const float* stretch, const BeatFit& fit, float* mean) {
    const D d;
    for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) {
        const V forget = hn::LoadU(d, fit.forget.data() + lane);
        const auto learns = hn::Gt(forget, hn::Zero(d));  // else its signal may be anything
        for (std::size_t k = 0; k < window.n_beat(); ++k) {
            const V s = row(stretch + lane, fit.first + k), m = row(mean + lane, k);
            hn::StoreU(hn::IfThenElse(learns, hn::MulAdd(forget, hn::Sub(s, m), m), m), d, mean + lane + k * kLanes);
        }
    }
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(find);
HWY_EXPORT(align);
HWY_EXPORT(scale);
HWY_EXPORT(learn);

}  // namespace

void find_shifts(const BeatWindow& window, const float* stretch, const float* mean, const float* penalty, float colour, BeatFit& fit) noexcept {
    HWY_DYNAMIC_DISPATCH(find)(window, stretch, mean, penalty, colour, fit);
}
void align_and_fit(const BeatWindow& window, float* stretch, const float* mean, BeatFit& fit) noexcept {
    HWY_DYNAMIC_DISPATCH(align)(window, stretch, mean, fit);
}
void scale_beat(const BeatWindow& window, const float* mean, const BeatFit& fit, float* heart) noexcept {
    HWY_DYNAMIC_DISPATCH(scale)(window, mean, fit, heart);
}
void learn_beat(const BeatWindow& window, const float* stretch, const BeatFit& fit, float* mean) noexcept {
    HWY_DYNAMIC_DISPATCH(learn)(window, stretch, fit, mean);
}

}  // namespace tonus
#endif
