#include "engine/condition/hum_kernel.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/block.hpp"
#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

constexpr std::size_t kStride = 40, kFrames = 300, kHarmonics = 3;
constexpr double kTwoMu = 0.02;

/// Hum in noise, here and there a flag, in one channel what is no number and in another what is no electrode's.
template <class T>
struct HumRun {
    std::vector<T> samples = std::vector<T>(kFrames * kStride), weights = std::vector<T>(2 * kHarmonics * kStride, T{0});
    std::vector<T> turns;
    std::vector<std::uint8_t> flags = std::vector<std::uint8_t>(samples.size(), 0);

    explicit HumRun(double flagged_share) {
        Random random{9};
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double t = 0.157 * static_cast<double>(i / kStride);
            samples[i] = static_cast<T>(20.0 * std::sin(t) + 5.0 * std::cos(3.0 * t) + random.normal());
            if (random.uniform() < flagged_share) flags[i] = static_cast<std::uint8_t>(1u << random.below(8));
        }
        samples[50 * kStride + 7] = std::numeric_limits<T>::quiet_NaN();
        samples[60 * kStride + 30] = static_cast<T>(2e7);
        for (std::size_t f = 0; f < kFrames; ++f) {
            for (std::size_t k = 1; k <= kHarmonics; ++k) {
                const double c = std::cos(0.157 * static_cast<double>(k * f)), s = std::sin(0.157 * static_cast<double>(k * f));
                for (const double turn : {c, s, kTwoMu * c, kTwoMu * s}) turns.push_back(static_cast<T>(turn));
            }
        }
    }

    void cancel() {
        HumTask<T> task{samples.data(), flags.data(), kStride, kFrames, kHarmonics, {}, turns.data()};
        for (std::size_t k = 0; k < kHarmonics; ++k) task.weights[k] = weights.data() + 2 * k * kStride;
        cancel_hum(task);
    }

    /// Sample by sample, as domain 2.3 writes it.
    void cancel_plainly() {
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const std::size_t lane = i % kStride;
            const T* const turn = turns.data() + i / kStride * kHarmonics * kHumTurns;
            T hum{0};
            for (std::size_t k = 0; k < kHarmonics; ++k) {
                hum += weights[2 * k * kStride + lane] * turn[kHumTurns * k] + weights[(2 * k + 1) * kStride + lane] * turn[kHumTurns * k + 1];
            }
            samples[i] -= hum;
            if (flags[i] != 0 || !(std::abs(samples[i]) <= static_cast<T>(1e7))) continue;
            for (std::size_t k = 0; k < kHarmonics; ++k) {
                weights[2 * k * kStride + lane] += samples[i] * turn[kHumTurns * k + 2];
                weights[(2 * k + 1) * kStride + lane] += samples[i] * turn[kHumTurns * k + 3];
            }
        }
    }
};

template <class T>
void expect_near(const std::vector<T>& a, const std::vector<T>& b, double tolerance) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isnan(b[i])) EXPECT_TRUE(std::isnan(a[i])) << i;
        else EXPECT_NEAR(static_cast<double>(a[i]), static_cast<double>(b[i]), tolerance) << i;
    }
}

TEST(HumKernel, IsTheSimpleLoopOnEveryInstructionSet) {
    for (const double flagged_share : {0.0, 0.05}) {
        HumRun<double> exact{flagged_share};
        exact.cancel_plainly();
        HumRun<float> plain{flagged_share};
        plain.cancel_plainly();
        test::each_target([&] {
            HumRun<double> wide{flagged_share};
            wide.cancel();
            expect_near(wide.samples, exact.samples, 1e-7);  // a sample of 2e7 has no more digits
            expect_near(wide.weights, exact.weights, 1e-11);
            HumRun<float> run{flagged_share};
            run.cancel();
            expect_near(run.samples, plain.samples, 3e-5);
            expect_near(run.weights, plain.weights, 3e-5);
        });
    }
}

}  // namespace
}  // namespace tonus
