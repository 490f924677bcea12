// Compiled once per instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/spike_lanes_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "engine/condition/each_register-inl.hpp"
#include "engine/condition/spike_lanes.hpp"
#include "engine/core/block.hpp"

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE bool peaks_of(D d, const float* samples, std::size_t n_lanes, std::size_t n_frames, const float* threshold, float* peak) {
    auto most = hn::Zero(d);
    for (std::size_t t = 0; t < n_frames; ++t) most = hn::Max(most, hn::Abs(hn::LoadU(d, samples + t * n_lanes)));
    hn::StoreU(most, d, peak);
    return !hn::AllFalse(d, hn::Gt(most, hn::LoadU(d, threshold)));
}

template <class D>
HWY_INLINE void levels_of(D d, const float* frame, const std::uint8_t* flags, std::size_t n_lanes, const float* per_unit, std::int16_t* counts) {
    const hn::Rebind<std::int32_t, D> word_tag;
    const hn::Rebind<std::int16_t, D> count_tag;
    const hn::Rebind<std::uint8_t, D> flag_tag;
    const auto add = [&](auto counted, std::size_t row) HWY_ATTR {
        const auto minus_one = hn::DemoteTo(count_tag, hn::VecFromMask(word_tag, hn::RebindMask(word_tag, counted)));
        hn::StoreU(hn::Sub(hn::LoadU(count_tag, counts + row * n_lanes), minus_one), count_tag, counts + row * n_lanes);
    };
    const auto other = hn::Set(flag_tag, static_cast<std::uint8_t>(~sample_flag::spike));
    const auto flagged = hn::PromoteTo(word_tag, hn::And(hn::LoadU(flag_tag, flags), other));
    const auto valid = hn::RebindMask(d, hn::Eq(flagged, hn::Zero(word_tag)));
    const auto magnitude = hn::Mul(hn::Abs(hn::LoadU(d, frame)), hn::LoadU(d, per_unit));
    add(valid, 0);
    for (std::size_t k = 0; k < kSpikeLevels.size(); ++k) {
        const auto above = hn::And(valid, hn::Gt(magnitude, hn::Set(d, kSpikeLevels[k])));
        if (hn::AllFalse(d, above)) return;  // at once, unless somebody pulls hard
        add(above, 1 + k);
    }
}

bool peaks(const float* samples, std::size_t n_lanes, std::size_t n_frames, const float* threshold, float* peak) {
    bool any = false;
    each_register<float>(n_lanes, [&](auto d, std::size_t lane) HWY_ATTR { any |= peaks_of(d, samples + lane, n_lanes, n_frames, threshold + lane, peak + lane); });
    return any;
}

void levels(const float* frame, const std::uint8_t* flags, std::size_t n_lanes, const float* per_unit, std::int16_t* counts) {
    each_register<float>(n_lanes, [&](auto d, std::size_t lane) HWY_ATTR { levels_of(d, frame + lane, flags + lane, n_lanes, per_unit + lane, counts + lane); });
}

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(peaks);
HWY_EXPORT(levels);

}  // namespace

bool find_peaks(const float* samples, std::size_t n_lanes, std::size_t n_frames, const float* threshold, float* peak) noexcept {
    return HWY_DYNAMIC_DISPATCH(peaks)(samples, n_lanes, n_frames, threshold, peak);
}
void count_levels(const float* frame, const std::uint8_t* flags, std::size_t n_lanes, const float* per_unit, std::int16_t* counts) noexcept {
    HWY_DYNAMIC_DISPATCH(levels)(frame, flags, n_lanes, per_unit, counts);
}

}  // namespace tonus
#endif
