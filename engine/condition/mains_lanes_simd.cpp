// Compiled once per instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/mains_lanes_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/condition/each_register-inl.hpp"
#include "engine/condition/mains_lanes.hpp"
#include "engine/core/block.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

void unfold(const float* cosines, const float* sines, const std::complex<float>* turns, std::size_t n_up, std::size_t n_lanes, MainsBins zero) {
    each_register<float>(n_lanes, [&](auto d, std::size_t lane) HWY_ATTR {
        for (std::size_t j = 0; j < n_up; ++j) {
            const std::size_t of_re = j * n_lanes + lane, of_im = (n_up + j) * n_lanes + lane;
            const auto rc = hn::LoadU(d, cosines + of_re), rs = hn::LoadU(d, sines + of_re);
            const auto ic = hn::LoadU(d, cosines + of_im), is = hn::LoadU(d, sines + of_im);
            const auto c = hn::Set(d, turns[j].real()), s = hn::Set(d, turns[j].imag());
            const auto keep = [&](auto x, auto y, auto sine, std::ptrdiff_t row) HWY_ATTR {
                const std::ptrdiff_t at = row * static_cast<std::ptrdiff_t>(n_lanes) + static_cast<std::ptrdiff_t>(lane);
                hn::StoreU(hn::MulAdd(x, c, hn::Mul(y, sine)), d, zero.re + at);
                hn::StoreU(hn::NegMulAdd(x, sine, hn::Mul(y, c)), d, zero.im + at);
            };
            const auto row = static_cast<std::ptrdiff_t>(j);
            keep(hn::Sub(rc, is), hn::Add(ic, rs), hn::Neg(s), -row);
            keep(hn::Add(rc, is), hn::Sub(ic, rs), s, row);
        }
    });
}

void add_power(MainsBins first, MainsBins second, const float* weight, int n_beside, std::size_t n_lanes, float* power) {
    each_register<float>(n_lanes, [&](auto d, std::size_t lane) HWY_ATTR {
        const auto half = hn::Set(d, 0.5f), quarter = hn::Set(d, 0.25f), counts = hn::LoadU(d, weight + lane);
        for (std::ptrdiff_t j = -n_beside; j <= n_beside; ++j) {
            const auto n = static_cast<std::ptrdiff_t>(n_lanes), at = j * n + static_cast<std::ptrdiff_t>(lane);
            const auto sign = hn::Set(d, j % 2 == 0 ? 1.0f : -1.0f);
            const auto windowed = [&](const float* a, const float* b) HWY_ATTR {
                const auto beside_a = hn::Add(hn::LoadU(d, a - n), hn::LoadU(d, a + n));
                const auto beside_b = hn::Add(hn::LoadU(d, b - n), hn::LoadU(d, b + n));
                const auto own = hn::MulAdd(sign, hn::LoadU(d, b), hn::LoadU(d, a));
                return hn::NegMulAdd(quarter, hn::NegMulAdd(sign, beside_b, beside_a), hn::Mul(half, own));
            };
            const auto re = windowed(first.re + at, second.re + at), im = windowed(first.im + at, second.im + at);
            const auto sum = hn::MulAdd(re, re, hn::Mul(im, im));
            hn::StoreU(hn::MulAdd(counts, sum, hn::LoadU(d, power + at)), d, power + at);
        }
    });
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(unfold);
HWY_EXPORT(add_power);

}  // namespace

void unfold_bins(const float* cosines, const float* sines, const std::complex<float>* turns, std::size_t n_up, std::size_t n_lanes,
                 MainsBins zero) noexcept {
    HWY_DYNAMIC_DISPATCH(unfold)(cosines, sines, turns, n_up, n_lanes, zero);
}

void add_window_power(MainsBins first_zero, MainsBins second_zero, const float* weight, int n_beside, std::size_t n_lanes, float* power_zero) noexcept {
    HWY_DYNAMIC_DISPATCH(add_power)(first_zero, second_zero, weight, n_beside, n_lanes, power_zero);
}

}  // namespace tonus
#endif
