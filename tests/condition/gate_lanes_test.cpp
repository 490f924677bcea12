// Gate by lanes against Gate sample by sample, to the bit, through everything that can go wrong.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
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

/// One recording in one of the types a device may send, and where no such type may stand in memory.
template <class T>
void expect_same_bits(std::size_t n_channels, std::size_t offset_bytes) {
    std::vector<std::byte> bytes(offset_bytes);
    for (double x : troubled(n_channels)) {
        // What an integer cannot say, it says by its largest.
        const T value = std::is_integral_v<T> && std::isnan(x) ? std::numeric_limits<T>::max() : static_cast<T>(x);
        const auto* const from = reinterpret_cast<const std::byte*>(&value);
        bytes.insert(bytes.end(), from, from + sizeof value);
    }
    const SampleType type = raw_frames(std::span<const T>{}, 1).type;
    Gate lanes{{stream(n_channels)}}, reference{{.stream = stream(n_channels), .by_lanes = false}};
    std::vector<std::size_t> n_seen(256, 0);
    std::size_t n_different = 0;
    for (std::size_t f = 0, n = 1; f + n <= kFrames; f += n, n = n % kBlockFrames + 1) {
        if (f / 3000 != (f + n) / 3000) {
            lanes.restart();
            reference.restart();
        }
        const RawFrames raw{type, n_channels, n, bytes.data() + offset_bytes + f * n_channels * sizeof(T), 0};
        const Block<unit::Microvolt> ours = lanes.process(raw), theirs = reference.process(raw);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t ch = 0; ch < n_channels; ++ch) {
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
}

TEST(GateLanes, AreTheScalarGateToTheBit) {
    test::each_target([] { expect_same_bits<double>(11, 0); });
}

TEST(GateLanes, ReadEveryTypeWhereverItStands) {
    test::each_target([] {
        expect_same_bits<std::int32_t>(8, 0);
        expect_same_bits<float>(19, 0);
        expect_same_bits<std::int32_t>(16, 1);
    });
}

}  // namespace
}  // namespace tonus
