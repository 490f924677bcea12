// Included by kernels after <hwy/highway.h>, and so compiled once per instruction set: the guard toggles.
#if defined(TONUS_EACH_REGISTER_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef TONUS_EACH_REGISTER_INL
#undef TONUS_EACH_REGISTER_INL
#else
#define TONUS_EACH_REGISTER_INL
#endif

#include <cstddef>

#include <hwy/highway.h>

#include "engine/core/block.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

/// Calls back for each register of padded lanes, the widest first: (its tag, its first lane).
template <class T, class Work>
HWY_INLINE void each_register(std::size_t n_lanes, Work&& work) {
    // A padded frame may be no multiple of a register of unknown length.
    const hwy::HWY_NAMESPACE::CappedTag<T, HWY_HAVE_SCALABLE ? kLanes : 2 * kLanes> wide;
    const hwy::HWY_NAMESPACE::CappedTag<T, kLanes> narrow;
    std::size_t lane = 0;
    for (; lane + hwy::HWY_NAMESPACE::Lanes(wide) <= n_lanes; lane += hwy::HWY_NAMESPACE::Lanes(wide)) work(wide, lane);
    for (; lane < n_lanes; lane += hwy::HWY_NAMESPACE::Lanes(narrow)) work(narrow, lane);
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
