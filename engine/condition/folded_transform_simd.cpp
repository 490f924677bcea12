// Compiled once per instruction set.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/condition/folded_transform_simd.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cmath>

#include "engine/condition/each_register-inl.hpp"
#include "engine/condition/folded_transform.hpp"
#include "engine/core/block.hpp"

#ifndef TONUS_FOLDED_TRANSFORM_TASK
#define TONUS_FOLDED_TRANSFORM_TASK
namespace tonus {
namespace {

constexpr std::size_t kWidestLanes = 16;

struct FoldedTask {
    std::size_t n_frames, n_lines, n_lanes, n_pairs;
    const float* turns;
    float* folded;
    const float* frames;
    float* cosines;
    float* sines;
};

}  // namespace
}  // namespace tonus
#endif

HWY_BEFORE_NAMESPACE();
namespace tonus::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr float kSumMax = 1e12f;

/// From the ends to the middle. A frame makes a step after its one neighbour and before the other, and is read once.
template <bool kSteps, class D>
HWY_INLINE void fold(D d, const FoldedTask& task, std::size_t lane) {
    const std::size_t n = hn::Lanes(d), n_lanes = task.n_lanes;
    const float *late = task.frames + (task.n_frames - 1) * n_lanes + lane, *early = task.frames + lane;
    auto after = hn::LoadU(d, late), before = kSteps ? hn::LoadU(d, early - n_lanes) : hn::Zero(d);
    for (std::size_t pair = 0; pair < task.n_pairs; ++pair, late -= n_lanes, early += n_lanes) {
        auto a = after, b = hn::LoadU(d, early);
        if constexpr (kSteps) {
            after = hn::LoadU(d, late - n_lanes);
            a = hn::Sub(a, after);
            const auto now = b;
            b = hn::Sub(b, before);
            before = now;
        } else {
            a = hn::LoadU(d, late);
        }
        if (late == early) b = hn::Zero(d);
        hn::Store(hn::Add(a, b), d, task.folded + 2 * pair * n);
        hn::Store(hn::Sub(a, b), d, task.folded + (2 * pair + 1) * n);
    }
}

/// Several lines at once, because one multiply-add has to wait for the last.
template <std::size_t kLines, class D>
HWY_INLINE void lines(D d, const FoldedTask& task, std::size_t line, std::size_t lane) {
    const std::size_t n = hn::Lanes(d), n_turns = 2 * task.n_pairs;
    const float* const turns = task.turns + line * n_turns;
    auto c0 = hn::Zero(d), c1 = c0, c2 = c0, c3 = c0, s0 = c0, s1 = c0, s2 = c0, s3 = c0;
    for (std::size_t i = 0; i < n_turns; i += 2) {
        const auto sum = hn::Load(d, task.folded + i * n), difference = hn::Load(d, task.folded + (i + 1) * n);
        const auto add = [&](std::size_t k, auto& c, auto& s) HWY_ATTR {
            c = hn::MulAdd(sum, hn::Set(d, turns[k * n_turns + i]), c);
            s = hn::MulAdd(difference, hn::Set(d, turns[k * n_turns + i + 1]), s);
        };
        add(0, c0, s0);
        if constexpr (kLines > 1) add(1, c1, s1);
        if constexpr (kLines > 2) add(2, c2, s2), add(3, c3, s3);
    }
    const auto keep = [&](std::size_t k, auto c, auto s) HWY_ATTR {
        const auto possible = [&](auto sum) HWY_ATTR { return hn::IfThenElseZero(hn::Lt(hn::Abs(sum), hn::Set(d, kSumMax)), sum); };
        hn::StoreU(possible(c), d, task.cosines + (line + k) * task.n_lanes + lane);  // not NaN
        hn::StoreU(possible(s), d, task.sines + (line + k) * task.n_lanes + lane);
    };
    keep(0, c0, s0);
    if constexpr (kLines > 1) keep(1, c1, s1);
    if constexpr (kLines > 2) keep(2, c2, s2), keep(3, c3, s3);
}

template <bool kSteps, class D>
HWY_INLINE void lanes(D d, const FoldedTask& task, std::size_t lane) {
    fold<kSteps>(d, task, lane);
    std::size_t line = 0;
    for (; line + 4 <= task.n_lines; line += 4) lines<4>(d, task, line, lane);
    for (; line + 2 <= task.n_lines; line += 2) lines<2>(d, task, line, lane);
    for (; line < task.n_lines; ++line) lines<1>(d, task, line, lane);
}

template <bool kSteps>
HWY_INLINE void all_lanes(const FoldedTask& task) {
    each_register<float>(task.n_lanes, [&](auto d, std::size_t lane) HWY_ATTR { lanes<kSteps>(d, task, lane); });
}

void of_samples(const FoldedTask& task) { all_lanes<false>(task); }
void of_steps(const FoldedTask& task) { all_lanes<true>(task); }

}  // namespace
}  // namespace tonus::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tonus {
namespace {

HWY_EXPORT(of_samples);
HWY_EXPORT(of_steps);

}  // namespace

FoldedTransform::FoldedTransform(std::size_t n_frames, std::size_t n_lines, std::size_t n_lanes)
    : n_frames_(n_frames),
      n_lines_(n_lines),
      n_lanes_(n_lanes),
      n_pairs_((n_frames + 1) / 2),
      turns_(n_lines * n_pairs_ * 2, 0.0f),
      folded_(n_pairs_ * 2 * kWidestLanes, 0.0f) {}

void FoldedTransform::set_line(std::size_t line, double radians_per_frame) noexcept {
    const double step_re = std::cos(radians_per_frame), step_im = std::sin(radians_per_frame);
    double re = std::cos(middle() * radians_per_frame), im = std::sin(middle() * radians_per_frame);
    for (std::size_t pair = 0; pair < n_pairs_; ++pair) {
        float* const turn = turns_.data() + (line * n_pairs_ + pair) * 2;
        turn[0] = static_cast<float>(re);
        turn[1] = static_cast<float>(im);
        const double next_re = re * step_re + im * step_im;
        im = im * step_re - re * step_im;
        re = next_re;
    }
}

void FoldedTransform::process(const float* frames, float* cosines, float* sines) noexcept {
    HWY_DYNAMIC_DISPATCH(of_samples)({n_frames_, n_lines_, n_lanes_, n_pairs_, turns_.data(), folded_.data(), frames, cosines, sines});
}

void FoldedTransform::process_steps(const float* frames, float* cosines, float* sines) noexcept {
    HWY_DYNAMIC_DISPATCH(of_steps)({n_frames_, n_lines_, n_lanes_, n_pairs_, turns_.data(), folded_.data(), frames, cosines, sines});
}

}  // namespace tonus
#endif
