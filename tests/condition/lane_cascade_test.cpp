#include "engine/condition/lane_cascade.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/conditioner.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/denormals.hpp"
#include "engine/core/error.hpp"
#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

constexpr double kRateHz = 2000.0;
constexpr std::size_t kFrames = 4000;

constexpr Profile kProfiles[] = {Profile::general, Profile::trunk_ecg, Profile::spectral, Profile::vibration};

/// Of different lengths and kinds, with and without notch: some channels are wires in places.
std::vector<std::vector<Section>> mixed_channels(std::size_t n_channels) {
    std::vector<std::vector<Section>> channels;
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        channels.push_back(profile_sections(kProfiles[ch % 4], kRateHz));
        if (ch % 3 == 1 && channels.back().size() < 4) channels.back().push_back(notch(50.0, 30.0, kRateHz));
    }
    return channels;
}

/// Noise of each channel's own, so that no channel can stand in for another.
template <class T>
std::vector<T> noise(std::size_t n_channels, std::size_t stride) {
    std::vector<T> signal(kFrames * stride, T{0});
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        Random random{ch + 1};
        for (std::size_t f = 0; f < kFrames; ++f) signal[f * stride + ch] = static_cast<T>(100.0 * random.normal());
    }
    return signal;
}

template <class T>
std::vector<T> filtered(const std::vector<std::vector<Section>>& channels, std::size_t cut = kFrames) {
    const std::size_t stride = padded_lanes(channels.size());
    std::vector<T> signal = noise<T>(channels.size(), stride);
    LaneCascade<T> cascade{channels};
    for (std::size_t f = 0; f < kFrames; f += cut) {
        T* const at = signal.data() + f * stride;
        cascade.process({at, at, stride, std::min(cut, kFrames - f)});
    }
    return signal;
}

/// The scalar reference, in double.
std::vector<double> reference(const std::vector<std::vector<Section>>& channels) {
    const std::size_t stride = padded_lanes(channels.size());
    std::vector<double> signal = noise<double>(channels.size(), stride);
    for (std::size_t ch = 0; ch < channels.size(); ++ch) {
        SectionCascade<double> cascade{channels[ch]};
        for (std::size_t f = 0; f < kFrames; ++f) cascade.process({&signal[f * stride + ch], 1});
    }
    return signal;
}

template <class A, class B>
double largest_difference(const std::vector<A>& a, const std::vector<B>& b) {
    double most = 0.0, full_scale = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
        full_scale = std::max(full_scale, std::abs(static_cast<double>(b[i])));
    }
    return most / full_scale;
}

TEST(UnitSections, AreTheSameFilter) {
    for (const Profile profile : kProfiles) {
        const std::vector<Section> sections = profile_sections(profile, kRateHz);
        const UnitSections unit = unit_sections(sections);
        for (double f_hz = 1.0; f_hz < 1000.0; f_hz += 7.0) {
            const std::complex<double> ours = unit.gain * response(unit.bands, f_hz, kRateHz) * response(unit.pairs, f_hz, kRateHz);
            EXPECT_NEAR(std::abs(ours - response(sections, f_hz, kRateHz)), 0.0, 1e-12) << f_hz << " Hz";
        }
    }
}

TEST(UnitSections, OfABandPassAllHaveAZeroAtEitherEnd) {
    const UnitSections unit = unit_sections(butterworth_band_pass(4, 20.0, 450.0, kRateHz));
    EXPECT_EQ(unit.bands.size(), 4u);
    EXPECT_TRUE(unit.pairs.empty());
}

TEST(UnitSections, RefuseAFilterOfOddOrder) {
    EXPECT_THROW(unit_sections(butterworth_low_pass(3, 100.0, kRateHz)), Error);
}

TEST(LaneCascade, RefusesMoreSectionsThanFit) {
    EXPECT_THROW(LaneCascade<float>{{{butterworth_band_pass(6, 20.0, 450.0, kRateHz)}}}, Error);
}

TEST(LaneCascade, MatchesTheScalarReferenceOnEveryInstructionSet) {
    const std::vector<std::vector<Section>> channels = mixed_channels(27);
    const std::vector<double> expected = reference(channels);
    test::each_target([&] {
        EXPECT_LT(largest_difference(filtered<double>(channels), expected), 1e-12);
        EXPECT_LT(largest_difference(filtered<float>(channels), expected), 1e-5);
    });
}

// One has fused multiply-adds and another not. What differs is rounding.
TEST(LaneCascade, DiffersBetweenInstructionSetsByRoundingOnly) {
    const std::vector<std::vector<Section>> channels = mixed_channels(16);
    const std::vector<float> best = filtered<float>(channels);
    test::each_target([&] { EXPECT_LT(largest_difference(filtered<float>(channels), best), 1e-5); });
}

TEST(LaneCascade, GivesAChannelTheSameBitsAmongAnyOthers) {
    test::each_target([&] {
        const std::size_t n_most = 41, stride_most = padded_lanes(n_most);
        const std::vector<float> most = filtered<float>(mixed_channels(n_most));
        for (const std::size_t n : {1u, 2u, 7u, 8u, 9u, 16u, 17u, 24u, 40u}) {
            const std::vector<float> signal = filtered<float>(mixed_channels(n));
            const std::size_t stride = padded_lanes(n);
            std::size_t n_different = 0;
            for (std::size_t f = 0; f < kFrames; ++f) {
                for (std::size_t ch = 0; ch < n; ++ch) n_different += signal[f * stride + ch] != most[f * stride_most + ch] ? 1u : 0u;
            }
            EXPECT_EQ(n_different, 0u) << n << " channels";
        }
    });
}

TEST(LaneCascade, DoesNotDependOnTheCut) {
    const std::vector<std::vector<Section>> channels = mixed_channels(19);
    test::each_target([&] {
        const std::vector<float> whole = filtered<float>(channels);
        for (const std::size_t cut : {1u, 2u, 3u, 31u, 32u, 33u, 500u}) EXPECT_EQ(filtered<float>(channels, cut), whole) << cut;
    });
}

TEST(LaneCascade, IsAWireWhereAChannelHasNoSections) {
    std::vector<std::vector<Section>> channels = mixed_channels(3);
    channels[1].clear();
    test::each_target([&] {
        const std::vector<float> signal = filtered<float>(channels), raw = noise<float>(3, kLanes);
        for (std::size_t f = 0; f < kFrames; ++f) ASSERT_EQ(signal[f * kLanes + 1], raw[f * kLanes + 1]) << f;
    });
}

TEST(LaneCascade, BeginsAnewAfterReset) {
    const std::vector<std::vector<Section>> channels = mixed_channels(8);
    LaneCascade<float> cascade{channels};
    const std::vector<float> signal = noise<float>(8, 8);
    std::vector<float> first(signal.size()), again(signal.size());
    cascade.process({signal.data(), first.data(), 8, kFrames});
    cascade.reset();
    cascade.process({signal.data(), again.data(), 8, kFrames});
    EXPECT_EQ(again, first);
}

TEST(LaneCascade, FiltersOneGroupOfChannelsAndNoOther) {
    constexpr std::size_t kChannels = 37, kStride = padded_lanes(kChannels);
    const std::vector<std::vector<Section>> channels = mixed_channels(kChannels);
    const std::vector<float> raw = noise<float>(kChannels, kStride);
    test::each_target([&] {
        const std::vector<float> all = filtered<float>(channels);
        for (const std::size_t channel : {std::size_t{0}, std::size_t{20}, std::size_t{36}}) {
            std::vector<float> some = raw;
            LaneCascade<float> cascade{channels};
            cascade.process_group_of(channel, {some.data(), some.data(), kStride, kFrames});
            for (std::size_t i = 0; i < some.size(); ++i) {
                const bool in_group = i % kStride / kLaneGroup == channel / kLaneGroup;
                ASSERT_EQ(some[i], in_group ? all[i] : raw[i]) << "lane " << i % kStride;
            }
        }
    });
}

// A filter fed with silence decays into denormals, which halve the speed of the vector units.
TEST(LaneCascade, DecaysToNothingWhereDenormalsAreFlushed) {
    const std::vector<std::vector<Section>> channels = mixed_channels(12);
    test::each_target([&] {
        const FlushDenormals flush;
        LaneCascade<float> cascade{channels};
        std::vector<float> signal(40'000 * 16, 0.0f);
        std::fill_n(signal.begin(), 16, 1e-3f);
        cascade.process({signal.data(), signal.data(), 16, 40'000});
        EXPECT_EQ(std::count_if(signal.begin(), signal.end(), [](float x) { return std::fpclassify(x) == FP_SUBNORMAL; }), 0);
        EXPECT_EQ(signal.back(), 0.0f);
    });
}

}  // namespace
}  // namespace tonus
