// Compiled once per instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/stretch_sums_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/condition/stretch_sums.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<float, 16>;

double total(D d, hn::Vec<D> v) { return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, v))); }

double products(const float* a, const float* b, std::size_t n) {
    const D d;
    const std::size_t step = hn::Lanes(d);
    auto even = hn::Zero(d), odd = hn::Zero(d);
    std::size_t i = 0;
    for (; i + 2 * step <= n; i += 2 * step) {
        even = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), even);
        odd = hn::MulAdd(hn::LoadU(d, a + i + step), hn::LoadU(d, b + i + step), odd);
    }
    double sum = total(d, hn::Add(even, odd));
    for (; i < n; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(products);

}  // namespace

double sum_of_products(const float* a, const float* b, std::size_t n) noexcept { return HWY_DYNAMIC_DISPATCH(products)(a, b, n); }

}  // namespace tonus
#endif
