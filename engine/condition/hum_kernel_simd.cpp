// Compiled once per instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/hum_kernel_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/condition/each_register-inl.hpp"
#include "engine/condition/hum_kernel.hpp"
#include "engine/condition/square_sums.hpp"
#include "engine/core/block.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE auto is_good(D d, const std::uint8_t* flags) {
    const hn::Rebind<std::int32_t, D> words;
    const auto wide = hn::PromoteTo(words, hn::LoadU(hn::Rebind<std::uint8_t, D>(), flags));
    if constexpr (sizeof(hn::TFromD<D>) == sizeof(float)) return hn::Eq(hn::ConvertTo(d, wide), hn::Zero(d));
    else return hn::Eq(hn::PromoteTo(d, wide), hn::Zero(d));
}

/// A register's lanes of one frame.
template <bool kFlagged, class T, class D>
HWY_INLINE void step(D d, const HumTask<T>& task, const T* turns, std::size_t at, std::size_t lane) {
    auto cosines = hn::Zero(d), sines = cosines;
    for (std::size_t k = 0; k < task.n_harmonics; ++k) {
        const T* const weights = task.weights[k] + lane;
        cosines = hn::MulAdd(hn::LoadU(d, weights), hn::Set(d, turns[k * kHumTurns]), cosines);
        sines = hn::MulAdd(hn::LoadU(d, weights + task.stride), hn::Set(d, turns[k * kHumTurns + 1]), sines);
    }
    const auto left = hn::Sub(hn::LoadU(d, task.samples_uv + at), hn::Add(cosines, sines));
    hn::StoreU(left, d, task.samples_uv + at);
    auto push = hn::IfThenElseZero(hn::Le(hn::Abs(left), hn::Set(d, static_cast<T>(kHumElectrodeMaxUv))), left);  // not of NaN
    if constexpr (kFlagged) push = hn::IfThenElseZero(is_good(d, task.flags + at), push);
    for (std::size_t k = 0; k < task.n_harmonics; ++k) {
        T* const weights = task.weights[k] + lane;
        hn::StoreU(hn::MulAdd(push, hn::Set(d, turns[k * kHumTurns + 2]), hn::LoadU(d, weights)), d, weights);
        hn::StoreU(hn::MulAdd(push, hn::Set(d, turns[k * kHumTurns + 3]), hn::LoadU(d, weights + task.stride)), d, weights + task.stride);
    }
}

/// All lanes of a frame before the next frame: each weight waits for its last move, and other lanes need not.
template <bool kFlagged, class T>
HWY_INLINE void frames(const HumTask<T>& task) {
    for (std::size_t i = 0; i < task.n_frames; ++i) {
        const T* const turns = task.turns + i * task.n_harmonics * kHumTurns;
        each_register<T>(task.stride, [&](auto d, std::size_t lane) HWY_ATTR { step<kFlagged>(d, task, turns, i * task.stride + lane, lane); });
    }
}

template <class T>
HWY_INLINE void cancel(const HumTask<T>& task) {
    if (any_flagged(task.flags, kLanes, task.n_frames * task.stride / kLanes)) frames<true>(task);
    else frames<false>(task);
}

void of_floats(const HumTask<float>& task) { cancel(task); }
void of_doubles(const HumTask<double>& task) { cancel(task); }

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(of_floats);
HWY_EXPORT(of_doubles);

}  // namespace

void cancel_hum(const HumTask<float>& task) noexcept { HWY_DYNAMIC_DISPATCH(of_floats)(task); }
void cancel_hum(const HumTask<double>& task) noexcept { HWY_DYNAMIC_DISPATCH(of_doubles)(task); }

}  // namespace tonus
#endif
