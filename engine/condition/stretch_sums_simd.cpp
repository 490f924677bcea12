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

StretchSums all_sums(const float* a, const float* b, std::size_t n) {
    const D d;
    auto product = hn::Zero(d), a_square = hn::Zero(d), b_square = hn::Zero(d);
    std::size_t i = 0;
    for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) {
        const auto x = hn::LoadU(d, a + i), y = hn::LoadU(d, b + i);
        product = hn::MulAdd(x, y, product);
        a_square = hn::MulAdd(x, x, a_square);
        b_square = hn::MulAdd(y, y, b_square);
    }
    StretchSums sums{total(d, product), total(d, a_square), total(d, b_square)};
    for (; i < n; ++i) {
        const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
        sums.product += x * y;
        sums.a_square += x * x;
        sums.b_square += y * y;
    }
    return sums;
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(products);
HWY_EXPORT(all_sums);

}  // namespace

double sum_of_products(const float* a, const float* b, std::size_t n) noexcept { return HWY_DYNAMIC_DISPATCH(products)(a, b, n); }
StretchSums stretch_sums(const float* a, const float* b, std::size_t n) noexcept { return HWY_DYNAMIC_DISPATCH(all_sums)(a, b, n); }

}  // namespace tonus
#endif
