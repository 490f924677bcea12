// Gate by lanes against Gate sample by sample, to the bit, through everything that can go wrong.

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/gate.hpp"
#include "engine/core/random.hpp"
#include "tests/support/each_target.hpp"

namespace tonus {
namespace {

constexpr std::size_t kFrames = 12'000;

StreamInfo stream(std::size_t n_channels) {
    StreamInfo info{.name = "emg", .kind = StreamKind::emg, .rate = {1000, 1}, .type = SampleType::float64};
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        info.channels.push_back({.label = "ch", .unit = "uV", .scale = 0.5});
        if (ch % 2 == 1) {
            info.channels.back().raw_min = -400.0;
            info.channels.back().raw_max = 400.0;
        }
    }
    return info;
}

/// Coarse steps, so that values repeat; and now and then a NaN, a frozen value, a rail, a plateau.
std::vector<double> troubled(std::size_t n_channels) {
    Random random{9};
    std::vector<double> signal(kFrames * n_channels);
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        double stuck_at = 0.0;
        std::uint64_t n_stuck = 0;
        for (std::size_t f = 0; f < kFrames; ++f) {
            double x = std::round((ch % 3 == 0 ? 3.0 : 100.0) * random.normal());
            const double event = random.uniform();
            if (n_stuck > 0) {
                --n_stuck;
                x = stuck_at;
            } else if (event < 0.001) {
                x = std::numeric_limits<double>::quiet_NaN();
            } else if (event < 0.002) {
                n_stuck = 3 + random.below(event < 0.0012 ? 1500 : 10);
                stuck_at = x = random.uniform() < 0.3 ? 400.0 : std::round(500.0 * random.normal());
            }
            signal[f * n_channels + ch] = x;
        }
    }
    return signal;
}

TEST(GateLanes, AreTheScalarGateToTheBit) {
    constexpr std::size_t kChannels = 11;
    const std::vector<double> signal = troubled(kChannels);
    test::each_target([&] {
        Gate lanes{{stream(kChannels)}}, reference{{.stream = stream(kChannels), .by_lanes = false}};
        std::vector<std::size_t> n_seen(256, 0);
        std::size_t n_different = 0;
        for (std::size_t f = 0, n = 1; f + n <= kFrames; f += n, n = n % kBlockFrames + 1) {
            if (f / 3000 != (f + n) / 3000) {
                lanes.restart();
                reference.restart();
            }
            const RawFrames raw = raw_frames(std::span{signal}.subspan(f * kChannels, n * kChannels), kChannels, 0);
            const Block<unit::Microvolt> ours = lanes.process(raw), theirs = reference.process(raw);
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t ch = 0; ch < kChannels; ++ch) {
                    ++n_seen[theirs.flags(i)[ch]];
                    const bool same = ours.frame(i)[ch] == theirs.frame(i)[ch] && ours.flags(i)[ch] == theirs.flags(i)[ch];
                    n_different += same ? 0u : 1u;
                }
            }
        }
        EXPECT_EQ(n_different, 0u);
        for (const std::uint8_t flag : {sample_flag::saturated, sample_flag::lead_off, sample_flag::settling, sample_flag::not_finite}) {
            EXPECT_GT(n_seen[flag], 0u) << "the signal was to show flag " << int{flag};
        }
        EXPECT_GT(n_seen[0], kFrames) << "and to be good for a part";
    });
}

}  // namespace
}  // namespace tonus
