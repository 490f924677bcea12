#include "engine/condition/beat_rows.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/aligned.hpp"
#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

constexpr BeatWindow kWindow{.n_half = 40, .n_qrs = 20, .n_shift = 5};
constexpr float kColour = 3.0f;

/// A mean beat of each channel, and a stretch in which it stands aside by so many rows.
struct Beats {
    AlignedVector<float> mean = AlignedVector<float>(kWindow.n_beat() * kLanes);
    AlignedVector<float> stretch = AlignedVector<float>(kWindow.n_rows() * kLanes);
    std::vector<float> penalty = std::vector<float>(kWindow.n_shifts(), 0.0f);
    std::vector<std::size_t> aside = std::vector<std::size_t>(kLanes);
};

Beats some_beats() {
    Beats beats;
    Random random{11};
    for (float& m : beats.mean) m = static_cast<float>(50.0 * random.normal());
    for (std::size_t k = 0; k < kWindow.n_stretch() * kLanes; ++k) beats.stretch[k] = static_cast<float>(10.0 * random.normal());
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        beats.aside[lane] = 3 + lane % (kWindow.n_shifts() - 3);
        for (std::size_t k = 0; k < kWindow.n_beat(); ++k) {
            beats.stretch[(k + beats.aside[lane]) * kLanes + lane] += beats.mean[k * kLanes + lane];
        }
    }
    return beats;
}

std::size_t part_of(std::size_t k) { return k < kWindow.n_outside() ? 0 : k < kWindow.n_beat() - kWindow.n_outside() ? 1 : 2; }

TEST(BeatRows, FindEachChannelsShiftAndItsSumsOnEveryInstructionSet) {
    test::each_target([] {
        Beats beats = some_beats();
        const AlignedVector<float> before = beats.stretch;
        BeatFit fit;
        find_shifts(kWindow, beats.stretch.data(), beats.mean.data(), beats.penalty.data(), kColour, fit);
        align_and_fit(kWindow, beats.stretch.data(), beats.mean.data(), fit);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            ASSERT_EQ(fit.shift[lane], static_cast<std::int32_t>(beats.aside[lane])) << lane;
            double product[3]{}, mean_square[3]{}, square = 0.0, muscle = 0.0;
            for (std::size_t k = 0; k < kWindow.n_beat(); ++k) {
                const double s = static_cast<double>(before[(k + beats.aside[lane]) * kLanes + lane]);
                const double m = static_cast<double>(beats.mean[k * kLanes + lane]);
                const double centred = static_cast<double>(before[(k + kWindow.n_shift) * kLanes + lane]);
                ASSERT_EQ(static_cast<double>(beats.stretch[(fit.first + k) * kLanes + lane]), s) << "aligned";
                product[part_of(k)] += s * m;
                mean_square[part_of(k)] += m * m;
                square += s * s;
                if (part_of(k) != 1) muscle += centred * centred / static_cast<double>(2 * kWindow.n_outside());
            }
            for (std::size_t part = 0; part < 3; ++part) {
                EXPECT_NEAR(static_cast<double>(fit.product[part][lane]), product[part], 1e-5 * square);
                EXPECT_NEAR(static_cast<double>(fit.mean_square[part][lane]), mean_square[part], 1e-5 * square);
            }
            EXPECT_NEAR(static_cast<double>(fit.square[lane]), square, 1e-5 * square);
            EXPECT_NEAR(static_cast<double>(fit.muscle_uv2[lane]), muscle, 1e-5 * muscle);
        }
    });
}

// Where the muscle is as loud as the heart, what is far from the detector's place has to be much better to be believed.
TEST(BeatRows, AskMoreOfAShiftThatIsUnlikely) {
    test::each_target([] {
        Beats beats = some_beats();
        for (std::size_t shift = 0; shift < kWindow.n_shifts(); ++shift) beats.penalty[shift] = shift == kWindow.n_shift ? 0.0f : 1e9f;
        BeatFit fit;
        find_shifts(kWindow, beats.stretch.data(), beats.mean.data(), beats.penalty.data(), kColour, fit);
        for (const std::int32_t shift : fit.shift) EXPECT_EQ(shift, static_cast<std::int32_t>(kWindow.n_shift));
    });
}

TEST(BeatRows, GiveTheMeanBeatWhereTheBeatWasAndLearn) {
    test::each_target([] {
        Beats beats = some_beats();
        const AlignedVector<float> before = beats.stretch, mean = beats.mean;
        BeatFit fit;
        find_shifts(kWindow, beats.stretch.data(), beats.mean.data(), beats.penalty.data(), kColour, fit);
        align_and_fit(kWindow, beats.stretch.data(), beats.mean.data(), fit);
        for (std::size_t part = 0; part < 3; ++part) fit.gain[part].fill(0.5f + 0.25f * static_cast<float>(part));
        fit.forget.fill(0.25f);
        fit.forget[3] = 0.0f;
        beats.stretch[fit.first * kLanes + 3] = std::nanf("");  // of a channel that learns nothing
        learn_beat(kWindow, beats.stretch.data(), fit, beats.mean.data());
        scale_beat(kWindow, mean.data(), fit, beats.stretch.data());
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            for (std::size_t row = 0; row < kWindow.n_stretch(); ++row) {
                const bool in_beat = row >= beats.aside[lane] && row < beats.aside[lane] + kWindow.n_beat();
                const std::size_t k = in_beat ? row - beats.aside[lane] : 0;
                const float expected = in_beat ? fit.gain[part_of(k)][lane] * mean[k * kLanes + lane] : 0.0f;
                ASSERT_EQ(beats.stretch[row * kLanes + lane], expected) << lane << ", " << row;
            }
            for (std::size_t k = 0; k < kWindow.n_beat(); ++k) {
                const float was = mean[k * kLanes + lane], seen = before[(k + beats.aside[lane]) * kLanes + lane];
                ASSERT_NEAR(beats.mean[k * kLanes + lane], was + fit.forget[lane] * (seen - was), 1e-4f);
            }
        }
    });
}

}  // namespace
}  // namespace tonus
