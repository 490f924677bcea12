#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/gate.hpp"
#include "engine/core/error.hpp"
#include "engine/core/random.hpp"

namespace tonus {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kHz = 1000;

StreamInfo stream(std::size_t n_channels, bool with_range = false) {
    StreamInfo info{.name = "emg", .kind = StreamKind::emg, .rate = {kHz, 1}, .type = SampleType::float64};
    for (std::size_t ch = 0; ch < n_channels; ++ch) {
        info.channels.push_back({.label = "ch" + std::to_string(ch)});
        if (with_range) info.channels.back().raw_min = -1000.0, info.channels.back().raw_max = 1000.0;
    }
    return info;
}

struct Gated {
    std::vector<float> uv;
    std::vector<std::uint8_t> flags;
};

/// Feeds one channel; a second, when asked for, carries living signal all the time.
Gated gate_signal(Gate& gate, const std::vector<double>& signal, bool with_second = false) {
    Random random{5};
    Gated out;
    std::vector<double> frame;
    for (const double x : signal) {
        frame.assign(1, x);
        if (with_second) frame.push_back(20.0 * random.normal());
        const Block<unit::Microvolt> block = gate.process(raw_frames(std::span<const double>{frame}, frame.size(), 0));
        out.uv.push_back(block.frame(0)[0]);
        out.flags.push_back(block.flags(0)[0]);
    }
    return out;
}

std::vector<double> living(std::size_t n, std::uint64_t seed = 1, double sigma = 20.0) {
    Random random{seed};
    std::vector<double> signal(n);
    for (double& x : signal) x = 500.0 + sigma * random.normal();
    return signal;
}

std::size_t count(const std::vector<std::uint8_t>& flags, std::uint8_t bit, std::size_t from, std::size_t to) {
    std::size_t n = 0;
    for (std::size_t i = from; i < to; ++i) n += (flags[i] & bit) != 0 ? 1u : 0u;
    return n;
}

TEST(Gate, TakesTheFirstValueOffAndSettlesForAQuarterOfASecond) {
    Gate gate{{stream(1)}};
    const Gated out = gate_signal(gate, living(1000));
    EXPECT_EQ(out.uv[0], 0.0f) << "so that no filter sees a step";
    EXPECT_EQ(count(out.flags, sample_flag::settling, 0, 250), 250u);
    EXPECT_EQ(count(out.flags, 0xff, 250, 1000), 0u);
}

TEST(Gate, KeepsTheDifferencesOfAHugeOffsetExact) {
    Gate gate{{stream(1)}};
    const Gated out = gate_signal(gate, {3e5, 3e5 + 0.0625, 3e5 - 0.0625});
    EXPECT_EQ(out.uv[1], 0.0625f);
    EXPECT_EQ(out.uv[2], -0.0625f);
}

TEST(Gate, ReplacesWhatIsNoNumberByTheLastGoodValue) {
    std::vector<double> signal = living(1000);
    for (std::size_t i = 500; i < 510; ++i) signal[i] = i % 2 == 0 ? kNaN : std::numeric_limits<double>::infinity();
    signal[700] = 2e7;  // 20 V
    Gate gate{{stream(1)}};
    const Gated out = gate_signal(gate, signal);
    EXPECT_EQ(count(out.flags, sample_flag::not_finite, 500, 510), 10u);
    EXPECT_EQ(count(out.flags, sample_flag::settling, 510, 530), 20u) << "the filter answers to the hole";
    EXPECT_EQ(out.flags[530], 0);
    EXPECT_NE(out.flags[700] & sample_flag::not_finite, 0);
    for (const float uv : out.uv) ASSERT_TRUE(std::isfinite(uv));
    EXPECT_EQ(out.uv[505], out.uv[499]);
}

TEST(Gate, MarksBothEndsOfTheRange) {
    std::vector<double> signal = living(1000, 2, 10.0);
    for (double& x : signal) x -= 500.0;
    signal[400] = 985.0;
    signal[500] = -990.0;
    signal[600] = 975.0;
    Gate gate{{stream(1, true)}};
    const Gated out = gate_signal(gate, signal);
    EXPECT_NE(out.flags[400] & sample_flag::saturated, 0);
    EXPECT_NE(out.flags[500] & sample_flag::saturated, 0);
    EXPECT_EQ(out.flags[600] & sample_flag::saturated, 0) << "97.5 % is not 98 %";
}

// Where the device does not tell its range, clipping shows as plateaus at the extremes.
TEST(Gate, SeesPlateausWhereTheRangeIsNotKnown) {
    Random random{3};
    std::vector<double> signal(4000);
    for (double& x : signal) x = std::clamp(100.0 * random.normal(), -120.0, 120.0);
    // White noise seldom stays at the rail for three samples; muscle signal does.
    for (std::size_t i = 1000; i < 4000; i += 100) signal[i] = signal[i + 1] = signal[i + 2] = signal[i + 3] = 120.0;
    Gate gate{{stream(1)}};
    const Gated out = gate_signal(gate, signal);
    EXPECT_GE(count(out.flags, sample_flag::saturated, 1000, 4000), 25u);
}

TEST(Gate, TakesARailHeldFor200MsAsAFallenElectrode) {
    std::vector<double> signal = living(3000, 4, 10.0);
    for (double& x : signal) x -= 500.0;
    for (std::size_t i = 1000; i < 1600; ++i) signal[i] = 1000.0;
    Gate gate{{stream(1, true)}};
    const Gated out = gate_signal(gate, signal);
    EXPECT_EQ(count(out.flags, sample_flag::saturated, 1000, 1195), 195u) << "until then it may be clipping";
    EXPECT_EQ(count(out.flags, sample_flag::lead_off, 1000, 1195), 0u);
    EXPECT_EQ(count(out.flags, sample_flag::lead_off, 1205, 1600), 395u);
    EXPECT_EQ(count(out.flags, sample_flag::lead_off, 1600, 2090), 490u) << "half a second of good signal before it counts again";
    EXPECT_EQ(count(out.flags, 0xff, 2400, 3000), 0u);
}

TEST(Gate, TakesAFrozenValueAsAFallenElectrodeSoonerWhenOthersMove) {
    std::vector<double> signal = living(3000, 6);
    for (std::size_t i = 1000; i < 3000; ++i) signal[i] = signal[999];
    Gate with_others{{stream(2)}}, alone{{stream(1)}};
    const Gated beside = gate_signal(with_others, signal, true), single = gate_signal(alone, signal);
    Gate frozen{{stream(2)}};
    std::vector<double> both;
    for (const double x : signal) both.insert(both.end(), {x, x});
    Gated together;
    for (std::size_t i = 0; i < signal.size(); ++i) {
        const Block<unit::Microvolt> block = frozen.process(raw_frames(std::span<const double>{both}.subspan(2 * i, 2), 2, 0));
        together.flags.push_back(block.flags(0)[0]);
    }
    EXPECT_EQ(count(together.flags, sample_flag::lead_off, 1000, 1900), 0u) << "the whole device stands still: no other moves";
    EXPECT_EQ(count(beside.flags, sample_flag::lead_off, 1210, 3000), 1790u);
    EXPECT_EQ(count(single.flags, sample_flag::lead_off, 1000, 1900), 0u) << "a quiet instrument, perhaps";
    EXPECT_EQ(count(single.flags, sample_flag::lead_off, 2010, 3000), 990u);
}

TEST(Gate, MarksHeldFramesAsGapAndSettlesAfterThem) {
    Gate gate{{stream(1)}};
    const Gated before = gate_signal(gate, living(500));
    const Block<unit::Microvolt> held = gate.hold(20);
    ASSERT_EQ(held.n_frames(), 20u);
    for (std::size_t i = 0; i < 20; ++i) {
        EXPECT_NE(held.flags(i)[0] & sample_flag::gap, 0);
        EXPECT_EQ(held.frame(i)[0], before.uv.back());
    }
    std::vector<double> rest = living(600);
    rest.erase(rest.begin(), rest.begin() + 520);
    const Gated after = gate_signal(gate, rest);
    EXPECT_EQ(count(after.flags, sample_flag::settling, 0, 20), 20u);
    EXPECT_EQ(count(after.flags, 0xff, 20, 80), 0u);
}

TEST(Gate, RefusesWhatIsNoVoltage) {
    StreamInfo info = stream(1);
    info.channels[0].unit = "counts";
    try {
        Gate{{info}};
        FAIL() << "counts have no microvolts";
    } catch (const Error& error) {
        EXPECT_NE(std::string{error.what()}.find("counts"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace tonus
