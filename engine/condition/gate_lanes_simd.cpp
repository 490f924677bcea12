// Compiled once per instruction set. The same operations in double as Gate::sample() on a good
// sample, none of them fused: the same bits.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/gate_lanes_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/condition/gate_lanes.hpp"
#include "engine/core/block.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE void vector_of_lanes(GateLanes& g, const GateLimits& limits, std::size_t n_frames, float* samples, std::size_t lane) {
    const hn::CappedTag<double, kLanes> d;
    const hn::Rebind<float, decltype(d)> to_float;
    const std::size_t stride = g.offset.size();
    const auto load = [&](const AlignedVector<double>& v) HWY_ATTR { return hn::LoadU(d, v.data() + lane); };
    const auto set = [&](double value) HWY_ATTR { return hn::Set(d, value); };
    const auto offset = load(g.offset), uv_per_step = load(g.uv_per_step), middle = load(g.middle), rail_from = load(g.rail_from);
    auto last = load(g.last), highest = load(g.highest), lowest = load(g.lowest), smallest = load(g.smallest_step),
         plateau = load(g.plateau_step), n_equal = load(g.n_equal);
    auto ok = hn::Ne(load(g.calm), hn::Zero(d));
    for (std::size_t t = 0; t < n_frames; ++t) {
        const auto raw = hn::LoadU(d, g.raw.data() + t * stride + lane);
        const auto uv = hn::Mul(hn::Sub(raw, offset), uv_per_step);
        ok = hn::And(ok, hn::Le(hn::Abs(uv), set(limits.electrode_max_uv)));  // not of NaN
        const auto same = hn::Eq(raw, last);
        const auto step = hn::Abs(hn::Sub(raw, last));
        n_equal = hn::IfThenElse(same, hn::Add(n_equal, set(1.0)), set(1.0));
        plateau = hn::IfThenElse(same, plateau, step);
        const auto smaller = hn::Or(hn::Eq(smallest, hn::Zero(d)), hn::Lt(step, smallest));
        smallest = hn::IfThenElse(hn::AndNot(same, smaller), step, smallest);
        highest = hn::Max(highest, raw);
        lowest = hn::Min(lowest, raw);
        last = raw;
        const auto at_extreme = hn::Or(hn::Eq(raw, highest), hn::Eq(raw, lowest));
        const auto entered = hn::Ge(plateau, hn::Mul(set(limits.plateau_entry_steps), smallest));
        const auto spans = hn::Ge(hn::Sub(highest, lowest), hn::Mul(set(limits.plateau_span_steps), smallest));
        const auto stays = hn::Ge(n_equal, set(limits.plateau_samples));
        const auto saturated = hn::And(hn::And(at_extreme, stays), hn::And(entered, spans));
        const auto at_rail = hn::Ge(hn::Abs(hn::Sub(raw, middle)), rail_from);
        const auto flat = hn::Ge(n_equal, set(limits.n_equal_max));
        ok = hn::AndNot(hn::Or(hn::Or(saturated, at_rail), flat), ok);
        hn::StoreU(hn::DemoteTo(to_float, uv), to_float, samples + t * stride + lane);
    }
    const auto keep = [&](auto value, AlignedVector<double>& v) HWY_ATTR {
        hn::StoreU(hn::IfThenElse(ok, value, load(v)), d, v.data() + lane);
    };
    keep(last, g.last);
    keep(highest, g.highest);
    keep(lowest, g.lowest);
    keep(smallest, g.smallest_step);
    keep(plateau, g.plateau_step);
    keep(n_equal, g.n_equal);
    hn::StoreU(hn::IfThenElseZero(ok, set(1.0)), d, g.ordinary.data() + lane);
}

void all_lanes(GateLanes& g, const GateLimits& limits, std::size_t n_frames, float* samples) {
    const std::size_t n = hn::Lanes(hn::CappedTag<double, kLanes>());
    for (std::size_t lane = 0; lane < g.offset.size(); lane += n) vector_of_lanes(g, limits, n_frames, samples, lane);
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(all_lanes);

}  // namespace

GateLanes::GateLanes(std::size_t n_lanes) : raw(kBlockFrames * n_lanes, 0.0) {
    for (AlignedVector<double>* lanes : {&uv_per_step, &middle, &rail_from, &offset, &last, &highest, &lowest, &smallest_step,
                                         &plateau_step, &n_equal, &calm, &ordinary}) {
        lanes->resize(n_lanes, 0.0);
    }
}

void take_ordinary(GateLanes& lanes, const GateLimits& limits, std::size_t n_frames, float* samples) noexcept {
    HWY_DYNAMIC_DISPATCH(all_lanes)(lanes, limits, n_frames, samples);
}

}  // namespace tonus
#endif
