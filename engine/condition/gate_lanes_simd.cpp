// Compiled once per instruction set. The same operations in double as Gate::sample() on a good
// sample, none of them fused: the same bits.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/gate_lanes_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "engine/condition/gate_lanes.hpp"
#include "engine/core/block.hpp"

#ifndef TONUS_GATE_LANES_FRAMES
#define TONUS_GATE_LANES_FRAMES
namespace tonus {
namespace {

/// From one lane on, or from all of them.
template <class T>
struct GateFrames {
    const T* samples;
    std::size_t stride;
    std::size_t n_frames;
};

/// Of all channels: those that fill registers are read where they are, the others with padding.
template <class T>
struct GateTask {
    GateFrames<T> direct, padded;
    std::size_t n_direct;
    float* samples;
};

}  // namespace
}  // namespace tonus
#endif

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, kLanes>;
using V = hn::Vec<D>;
using M = hn::Mask<D>;

HWY_INLINE V load_raw(D d, const double* x) { return hn::LoadU(d, x); }
template <class T>
HWY_INLINE V load_raw(D d, const T* x) {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<T, D>(), x));
}

/// Every sample by itself, as Gate::sample() does. False where one is saturated or flat; rails and impossible
/// values are not looked for.
template <class T>
HWY_INLINE M look_closely(D d, const GateLimits& limits, const GateFrames<T>& in, V last, V highest, V lowest, V smallest, V& plateau, V& n_equal) {
    const auto set = [&](double value) HWY_ATTR { return hn::Set(d, value); };
    M ok = hn::Eq(hn::Zero(d), hn::Zero(d));
    for (std::size_t t = 0; t < in.n_frames; ++t) {
        const V raw = load_raw(d, in.samples + t * in.stride), step = hn::Abs(hn::Sub(raw, last));
        const M same = hn::Eq(raw, last);
        n_equal = hn::IfThenElse(same, hn::Add(n_equal, set(1.0)), set(1.0));
        plateau = hn::IfThenElse(same, plateau, step);
        const M smaller = hn::Or(hn::Eq(smallest, hn::Zero(d)), hn::Lt(step, smallest));
        smallest = hn::IfThenElse(hn::AndNot(same, smaller), step, smallest);
        highest = hn::Max(highest, raw);
        lowest = hn::Min(lowest, raw);
        last = raw;
        const M at_extreme = hn::Or(hn::Eq(raw, highest), hn::Eq(raw, lowest));
        const M entered = hn::Ge(plateau, hn::Mul(set(limits.plateau_entry_steps), smallest));
        const M spans = hn::Ge(hn::Sub(highest, lowest), hn::Mul(set(limits.plateau_span_steps), smallest));
        const M stays = hn::Ge(n_equal, set(limits.plateau_samples));
        const M saturated = hn::And(hn::And(at_extreme, stays), hn::And(entered, spans));
        ok = hn::AndNot(hn::Or(saturated, hn::Ge(n_equal, set(limits.n_equal_max))), ok);
    }
    return ok;
}

template <class T>
HWY_INLINE void vector_of_lanes(GateLanes& g, const GateLimits& limits, const GateFrames<T>& in, float* samples, std::size_t lane) {
    const D d;
    const hn::Rebind<float, D> to_float;
    const std::size_t stride = g.offset.size();
    const auto load = [&](const AlignedVector<double>& v) HWY_ATTR { return hn::LoadU(d, v.data() + lane); };
    const auto set = [&](double value) HWY_ATTR { return hn::Set(d, value); };
    const V infinite = set(std::numeric_limits<double>::infinity()), none = hn::Zero(d);
    const V offset = load(g.offset), uv_per_step = load(g.uv_per_step);
    const auto uv_of = [&](V raw) HWY_ATTR { return hn::Mul(hn::Sub(raw, offset), uv_per_step); };

    V last = load(g.last), smallest = load(g.smallest_step), step = load(g.plateau_step), step_before = step;
    smallest = hn::IfThenElse(hn::Eq(smallest, none), infinite, smallest);
    V top = hn::Neg(infinite), bottom = infinite;  // of this block
    M same = hn::Ge(load(g.n_equal), set(2.0)), three_equal = hn::Ne(none, none), is_number = hn::Eq(none, none);
    for (std::size_t t = 0; t < in.n_frames; ++t) {
        const V raw = load_raw(d, in.samples + t * in.stride);
        hn::StoreU(hn::DemoteTo(to_float, uv_of(raw)), to_float, samples + t * stride + lane);
        const M same_again = hn::Eq(raw, last);
        three_equal = hn::Or(three_equal, hn::And(same, same_again));
        same = same_again;
        step_before = step;
        step = hn::Abs(hn::Sub(raw, last));
        smallest = hn::IfThenElse(same, smallest, hn::Min(smallest, step));
        top = hn::Max(top, raw);
        bottom = hn::Min(bottom, raw);
        if constexpr (!std::is_integral_v<T>) is_number = hn::And(is_number, hn::Eq(raw, raw));
        last = raw;
    }
    // Farther from the offset, or from the middle, than its extremes is no value of the block.
    const auto farthest = [&](V a, V b) HWY_ATTR { return hn::Max(hn::Abs(a), hn::Abs(b)); };
    const V middle = load(g.middle);
    const M possible = hn::And(is_number, hn::Le(farthest(uv_of(top), uv_of(bottom)), set(limits.electrode_max_uv)));
    const M off_rail = hn::Lt(farthest(hn::Sub(top, middle), hn::Sub(bottom, middle)), load(g.rail_from));
    M ok = hn::And(hn::Ne(load(g.calm), none), hn::And(possible, off_rail));

    // Without three equals in a row nothing is saturated or flat, and the last two steps say what is to be remembered.
    V n_equal = hn::IfThenElse(same, set(2.0), set(1.0)), plateau = hn::IfThenElse(same, step_before, step);
    if (limits.n_equal_max < 3.0 || !hn::AllFalse(d, hn::And(ok, three_equal))) {
        n_equal = load(g.n_equal), plateau = load(g.plateau_step);
        ok = hn::And(ok, look_closely(d, limits, in, load(g.last), load(g.highest), load(g.lowest), load(g.smallest_step), plateau, n_equal));
    }
    const auto keep = [&](V value, AlignedVector<double>& v) HWY_ATTR {
        hn::StoreU(hn::IfThenElse(ok, value, load(v)), d, v.data() + lane);
    };
    keep(last, g.last);
    keep(hn::Max(load(g.highest), top), g.highest);
    keep(hn::Min(load(g.lowest), bottom), g.lowest);
    keep(hn::IfThenElse(hn::Eq(smallest, infinite), none, smallest), g.smallest_step);
    keep(plateau, g.plateau_step);
    keep(n_equal, g.n_equal);
    keep(hn::PromoteTo(d, hn::DemoteTo(to_float, uv_of(last))), g.held_uv);
    hn::StoreU(hn::IfThenElseZero(ok, set(1.0)), d, g.ordinary.data() + lane);
}

template <class T>
HWY_INLINE void all_lanes(GateLanes& g, const GateLimits& limits, const GateTask<T>& task) {
    const auto part = [&](const GateFrames<T>& of, std::size_t begin, std::size_t end) HWY_ATTR {
        for (std::size_t lane = begin; lane < end; lane += hn::Lanes(D())) {
            vector_of_lanes<T>(g, limits, {of.samples + (lane - begin), of.stride, of.n_frames}, task.samples, lane);
        }
    };
    part(task.direct, 0, task.n_direct);
    part(task.padded, task.n_direct, g.offset.size());
}

void of_ints(GateLanes& g, const GateLimits& limits, const GateTask<std::int32_t>& task) { all_lanes(g, limits, task); }
void of_floats(GateLanes& g, const GateLimits& limits, const GateTask<float>& task) { all_lanes(g, limits, task); }
void of_doubles(GateLanes& g, const GateLimits& limits, const GateTask<double>& task) { all_lanes(g, limits, task); }

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(of_ints);
HWY_EXPORT(of_floats);
HWY_EXPORT(of_doubles);

/// Samples that are not where their type may stand are copied too.
template <class T>
GateTask<T> task_of(GateLanes& g, const RawFrames& raw, float* samples) noexcept {
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(raw.data) % alignof(T) == 0;
    const std::size_t n_direct = is_aligned ? raw.n_channels / kLanes * kLanes : 0, stride = g.offset.size() - n_direct;
    for (std::size_t frame = 0; n_direct < raw.n_channels && frame < raw.n_frames; ++frame) {
        std::memcpy(g.padded.data() + frame * stride * sizeof(T), raw.data + (frame * raw.n_channels + n_direct) * sizeof(T),
                    (raw.n_channels - n_direct) * sizeof(T));
    }
    return {{reinterpret_cast<const T*>(raw.data), raw.n_channels, raw.n_frames},
            {reinterpret_cast<const T*>(g.padded.data()), stride, raw.n_frames},
            n_direct,
            samples};
}

}  // namespace

GateLanes::GateLanes(std::size_t n_lanes) : padded(kBlockFrames * n_lanes * sizeof(double), std::byte{0}) {
    for (AlignedVector<double>* lanes : {&uv_per_step, &middle, &rail_from, &offset, &last, &highest, &lowest, &smallest_step,
                                         &plateau_step, &n_equal, &held_uv, &calm, &ordinary}) {
        lanes->resize(n_lanes, 0.0);
    }
}

void take_ordinary(GateLanes& lanes, const GateLimits& limits, const RawFrames& raw, float* samples) noexcept {
    switch (raw.type) {
        case SampleType::int32: HWY_DYNAMIC_DISPATCH(of_ints)(lanes, limits, task_of<std::int32_t>(lanes, raw, samples)); break;
        case SampleType::float32: HWY_DYNAMIC_DISPATCH(of_floats)(lanes, limits, task_of<float>(lanes, raw, samples)); break;
        case SampleType::float64: HWY_DYNAMIC_DISPATCH(of_doubles)(lanes, limits, task_of<double>(lanes, raw, samples)); break;
    }
}

}  // namespace tonus
#endif
