// The centred window against the causal one: the same sums, half a window earlier.

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/random.hpp"
#include "engine/envelope/centred_rms.hpp"

namespace tonus {
namespace {

struct Value {
    std::uint64_t tick = 0;
    float rms_uv = 0.0f;
    Status status = {};
};

/// Ticks of noise whose level wanders, with an electrode off in the middle.
struct Energies {
    explicit Energies(std::size_t n) : energy(n), counts(n) {
        Random random{56};
        for (std::size_t i = 0; i < n; ++i) {
            const bool off = i > n / 2 && i < n / 2 + 200;
            counts[i] = {.n_frames = 10, .n_valid = off ? 0u : 10u, .n_lead_off = off ? 10u : 0u};
            energy[i] = off ? 0.0 : 10.0 * (1.0 + random.uniform()) * (1.0 + static_cast<double>(i % 300));
        }
    }
    EnergyTick tick(std::size_t i) const { return {i, {&energy[i], 1}, {&counts[i], 1}}; }

    std::vector<double> energy;
    std::vector<TickCounts> counts;
};

std::vector<Value> causal_of(const Energies& energies, double window_s) {
    MovingRms rms{{.n_channels = 1, .window_s = window_s}};
    std::vector<Value> values;
    for (std::size_t i = 0; i < energies.energy.size(); ++i) {
        const Tick<unit::Microvolt> tick = rms.process(energies.tick(i));
        values.push_back({tick.index, tick.value[0], tick.status[0]});
    }
    return values;
}

std::vector<Value> centred_of(const Energies& energies, CentredRms rms) {
    std::vector<Value> values;
    const auto keep = [&](const Tick<unit::Microvolt>& tick) { values.push_back({tick.index, tick.value[0], tick.status[0]}); };
    for (std::size_t i = 0; i < energies.energy.size(); ++i) {
        if (const auto tick = rms.process(energies.tick(i))) keep(*tick);
    }
    while (const auto tick = rms.finish()) keep(*tick);
    return values;
}

// All of domain 3.2's windows, odd and even, held and refused ticks among them.
TEST(Golden, G56_CentredRmsIsTheCausalOneShiftedByHalfAWindowToTheBit) {
    const Energies energies{2000};
    for (const double window_s : {0.05, 0.10, 0.12, 0.25, 0.29, 0.50, 1.0, 2.0}) {
        const CentredRms rms{{.n_channels = 1, .window_s = window_s}};
        const std::vector<Value> causal = causal_of(energies, window_s), centred = centred_of(energies, rms);
        const auto shift = static_cast<std::size_t>(std::floor(window_s * 50.0 + 1e-9));
        ASSERT_EQ(rms.shift_ticks(), shift);
        ASSERT_EQ(centred.size(), causal.size());
        for (std::size_t i = 0; i + shift < causal.size(); ++i) {
            ASSERT_EQ(centred[i].tick, i);
            ASSERT_EQ(centred[i].rms_uv, causal[i + shift].rms_uv) << window_s << " s, tick " << i;
            ASSERT_EQ(centred[i].status.state, causal[i + shift].status.state);
            ASSERT_EQ(centred[i].status.reason, causal[i + shift].status.reason);
            ASSERT_EQ(centred[i].status.valid_fraction, causal[i + shift].status.valid_fraction);
        }
    }
}

TEST(CentredRms, TheLastTicksComeFromWhatThereIs) {
    Energies energies{100};
    for (std::size_t i = 0; i < 100; ++i) {
        energies.counts[i] = {.n_frames = 10, .n_valid = 10};
        energies.energy[i] = 10.0 * static_cast<double>((i + 1) * (i + 1));
    }
    const std::vector<Value> values = centred_of(energies, CentredRms{{.n_channels = 1, .window_s = 0.25}});
    ASSERT_EQ(values.size(), 100u);
    for (std::size_t i = 88; i < 100; ++i) {
        double sum = 0.0;
        for (std::size_t k = i - 12; k < 100; ++k) sum += energies.energy[k];
        EXPECT_NEAR(static_cast<double>(values[i].rms_uv), std::sqrt(sum / (10.0 * static_cast<double>(100 - i + 12))), 1e-4);
        EXPECT_EQ(values[i].status.state, ValueState::valid);
        EXPECT_NEAR(static_cast<double>(values[i].status.valid_fraction), static_cast<double>(100 - i + 12) / 25.0, 1e-6);
    }
}

TEST(CentredRms, ARecordingShorterThanTheWindowHasItsTicks) {
    for (const std::size_t n : {1u, 5u, 12u, 13u, 24u}) {
        const std::vector<Value> values = centred_of(Energies{n}, CentredRms{{.n_channels = 1, .window_s = 0.25}});
        ASSERT_EQ(values.size(), n);
        for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(values[i].tick, i);
    }
    CentredRms nothing{{.n_channels = 1}};
    EXPECT_FALSE(nothing.finish().has_value());
}

TEST(CentredRms, AStepIsInItsMiddle) {
    Energies energies{200};
    for (std::size_t i = 0; i < 200; ++i) {
        energies.counts[i] = {.n_frames = 10, .n_valid = 10};
        energies.energy[i] = i < 100 ? 0.0 : 10.0;
    }
    // In power, half of it is there when half of the window is beyond the step.
    for (const double window_s : {0.20, 0.25}) {
        const CentredRms rms{{.n_channels = 1, .window_s = window_s}};
        const std::vector<Value> values = centred_of(energies, rms);
        std::size_t tick = 0;
        while (values[tick].rms_uv < std::sqrt(0.5f) - 1e-6f) ++tick;
        // Ticks are stamped at their end; the step is at 1 s.
        const double seen_s = static_cast<double>(tick + 1) * kTickS - rms.delay_s();
        EXPECT_NEAR(seen_s, 1.0, 0.5 * kTickS + 1e-9) << window_s;
    }
}

TEST(CentredRms, SaysTheHalfTickItIsLate) {
    EXPECT_NEAR((CentredRms{{.n_channels = 1, .window_s = 0.25}}.delay_s()), 0.005, 1e-12);
    EXPECT_NEAR((CentredRms{{.n_channels = 1, .window_s = 0.20}}.delay_s()), 0.0, 1e-12);
}

}  // namespace
}  // namespace tonus
