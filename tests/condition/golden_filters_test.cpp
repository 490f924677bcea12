// Golden rows G1 to G16 of domain 12: the filters that everything else stands on.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "engine/condition/butterworth.hpp"
#include "engine/condition/conditioner.hpp"
#include "engine/condition/section_cascade.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

double gain(const std::vector<Section>& sections, double f_hz, double rate_hz) {
    return std::abs(response(sections, f_hz, rate_hz));
}

/// The same responses at every frequency: order and placing of gains may differ.
void expect_same_response(const std::vector<Section>& sections, const std::vector<Section>& golden, double rate_hz) {
    for (double f = 0.5; f < 0.499 * rate_hz; f += 0.013 * rate_hz) {
        EXPECT_NEAR(std::abs(response(sections, f, rate_hz) - response(golden, f, rate_hz)), 0.0, 1e-6) << f << " Hz";
    }
}

std::vector<double> impulse(const std::vector<Section>& sections, std::size_t n) {
    std::vector<double> signal(n, 0.0);
    signal[0] = 1.0;
    SectionCascade<double>{sections}.process_signal(signal);
    return signal;
}

TEST(Golden, G1_BandPass20To450At1000Hz) {
    expect_same_response(butterworth_band_pass(2, 20, 450, 1000),
                         {{0.732022476557, 1.46404495311, 0.732022476557, 1.55970814422, 0.641614681775},
                          {1, -2, 1, -1.8224796027, 0.837254258764}}, 1000);
}

TEST(Golden, G2_BandPass20To450At2000Hz) {
    expect_same_response(butterworth_band_pass(2, 20, 450, 2000),
                         {{0.231307979444, 0.462615958889, 0.231307979444, -0.228688419354, 0.200311977351},
                          {1, -2, 1, -1.91140617891, 0.915460900671}}, 2000);
}

TEST(Golden, G3_BandPassMagnitudesAt1000Hz) {
    const std::vector<Section> bp = butterworth_band_pass(2, 20, 450, 1000);
    const double f[] = {1, 5, 10, 20, 50, 100, 450, 480};
    const double h[] = {0.002444, 0.061071, 0.238676, 0.707107, 0.990165, 0.999787, 0.707107, 0.153314};
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(gain(bp, f[i], 1000), h[i], 1e-5) << f[i];
}

TEST(Golden, G4_BandPassMagnitudesAt2000Hz) {
    const std::vector<Section> bp = butterworth_band_pass(2, 20, 450, 2000);
    const double f[] = {5, 10, 20, 50, 100, 400, 450};
    const double h[] = {0.058118, 0.229827, 0.707107, 0.994869, 1.000000, 0.818199, 0.707107};
    for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(gain(bp, f[i], 2000), h[i], 1e-5) << f[i];
}

TEST(Golden, G5_TrunkHighPassAt1000Hz) {
    const std::vector<Section> hp = butterworth_high_pass(4, 30, 1000);
    expect_same_response(hp, {{0.781367265547, -1.56273453109, 0.781367265547, -1.67466094729, 0.704858681662},
                              {1, -2, 1, -1.8331252601, 0.866180446443}}, 1000);
    const double f[] = {10, 20, 30, 50};
    const double h[] = {0.012215, 0.192559, 0.707107, 0.992047};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(gain(hp, f[i], 1000), h[i], 1e-6) << f[i];
}

TEST(Golden, G6_TrunkHighPassAt2000Hz) {
    expect_same_response(butterworth_high_pass(4, 30, 2000),
                         {{0.884092042867, -1.76818408573, 0.884092042867, -1.83185386309, 0.840019936702},
                          {1, -2, 1, -1.92190889358, 0.930476416247}}, 2000);
}

TEST(Golden, G7_ImpulseOfTheBandPassAt1000Hz) {
    const double golden[] = {0.732022477, 0.192354614, -0.415264508, 0.0532357799,
                             -0.239774469, -0.0370405549, -0.120896903, -0.078137792};
    const std::vector<double> h = impulse(butterworth_band_pass(2, 20, 450, 1000), 8);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(h[i], golden[i], 1e-8);
}

TEST(Golden, G8_ImpulseOfTheBandPassAt2000Hz) {
    const double golden[] = {0.231307979, 0.495020957, 0.237580023, -0.123280855,
                             -0.150709266, -0.0811637106, -0.0562410776, -0.0609709752};
    const std::vector<double> h = impulse(butterworth_band_pass(2, 20, 450, 2000), 8);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(h[i], golden[i], 1e-8);
}

TEST(Golden, G9_GroupDelayOfTheBandPass) {
    const std::vector<Section> bp = butterworth_band_pass(2, 20, 450, 1000);
    const double f[] = {30, 50, 100, 200};
    const double ms[] = {6.261, 2.184, 0.608, 0.303};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(1e3 * group_delay_s(bp, f[i], 1000), ms[i], 0.01) << f[i];
}

TEST(Golden, G10_LowPass6Hz) {
    const Section lp = butterworth_low_pass(2, 6, 1000)[0];
    EXPECT_NEAR(lp.b0, 0.000346041337639, 1e-12);
    EXPECT_NEAR(lp.b1, 2 * 0.000346041337639, 1e-12);
    EXPECT_NEAR(lp.a1, -1.94669754076, 1e-10);
    EXPECT_NEAR(lp.a2, 0.948081706107, 1e-10);
}

TEST(Golden, G11_LowPass2Point5Hz) {
    const Section lp = butterworth_low_pass(2, 2.5, 1000)[0];
    EXPECT_NEAR(lp.b0, 6.10061787581e-05, 1e-14);
    EXPECT_NEAR(lp.a1, -1.97778648378, 1e-10);
    EXPECT_NEAR(lp.a2, 0.978030508492, 1e-10);
}

TEST(Golden, G12_DelayOfALowPassAtDc) {
    for (const double fc : {2.5, 5.0, 6.0}) {
        EXPECT_NEAR(group_delay_s(butterworth_low_pass(2, fc, 1000), 1e-3, 1000) * fc, 0.22508, 1e-3);
        EXPECT_NEAR(group_delay_s(butterworth_low_pass(4, fc, 1000), 1e-3, 1000) * fc, 0.41589, 1e-3);
    }
}

TEST(Golden, G13_StepOvershoot) {
    const auto overshoot = [](int order) {
        std::vector<double> step(3000, 1.0);
        SectionCascade<double>{butterworth_low_pass(order, 5, 1000)}.process_signal(step);
        return 100.0 * (*std::max_element(step.begin(), step.end()) - 1.0);
    };
    EXPECT_NEAR(overshoot(2), 4.32, 0.05);
    EXPECT_NEAR(overshoot(4), 10.83, 0.05);
}

TEST(Golden, G14_DualPassFactor) {
    EXPECT_NEAR(dual_pass_factor(2), 0.802243, 1e-6);
    EXPECT_NEAR(dual_pass_factor(4), 0.895680, 1e-6);
}

TEST(Golden, G15_AnElectrodeOffsetRingsUnlessTheFilterIsPrimed) {
    constexpr double kOffsetUv = 300e3;
    const auto last_above_1_uv_ms = [&](const std::vector<Section>& sections, bool primed) {
        SectionCascade<double> cascade{sections};
        const std::vector<double> first{kOffsetUv};
        if (primed) cascade.prime(first);
        std::vector<double> signal(1000, kOffsetUv);
        cascade.process_signal(signal);
        int last = -1;
        for (int i = 0; i < 1000; ++i) {
            if (std::abs(signal[static_cast<std::size_t>(i)]) > 1.0) last = i;
        }
        return last;
    };
    const std::vector<Section> bp = butterworth_band_pass(2, 20, 450, 1000);
    const std::vector<Section> hp = butterworth_high_pass(4, 30, 1000);
    EXPECT_NEAR(last_above_1_uv_ms(bp, false), 139, 2);
    EXPECT_NEAR(last_above_1_uv_ms(hp, false), 170, 2);
    EXPECT_EQ(last_above_1_uv_ms(bp, true), -1);
    EXPECT_EQ(last_above_1_uv_ms(hp, true), -1);
}

TEST(Golden, G16_Notch50HzAt1000Hz) {
    const Section n = notch(50, 30, 1000);
    EXPECT_NEAR(n.b0, 0.99479124, 1e-8);
    EXPECT_NEAR(n.b1, -1.89220538, 1e-8);
    EXPECT_NEAR(n.a1, -1.89220538, 1e-8);
    EXPECT_NEAR(n.a2, 0.98958248, 1e-8);
    EXPECT_NEAR(gain({n}, 49.5, 1000), 0.5163, 1e-4);
    EXPECT_NEAR(gain({n}, 50.5, 1000), 0.5127, 1e-4);
    const double pole_tau_s = -1.0 / (1000.0 * std::log(std::sqrt(n.a2)));
    EXPECT_NEAR(pole_tau_s, 0.191, 1e-3);
}

TEST(Butterworth, RefusesEdgesThatCannotBe) {
    EXPECT_THROW(butterworth_low_pass(2, 500, 1000), Error);
    EXPECT_THROW(butterworth_low_pass(0, 50, 1000), Error);
    EXPECT_THROW(butterworth_band_pass(2, 450, 20, 1000), Error);
    EXPECT_THROW(butterworth_high_pass(2, 0, 1000), Error);
}

TEST(Butterworth, IsThreeDbDownAtItsEdgesForEveryOrder) {
    for (int order = 1; order <= 10; ++order) {
        EXPECT_NEAR(gain(butterworth_low_pass(order, 77, 1000), 77, 1000), std::sqrt(0.5), 1e-9) << order;
        EXPECT_NEAR(gain(butterworth_high_pass(order, 77, 1000), 77, 1000), std::sqrt(0.5), 1e-9) << order;
        const std::vector<Section> bp = butterworth_band_pass(order, 20, 450, 2000);
        EXPECT_NEAR(gain(bp, 20, 2000), std::sqrt(0.5), 1e-7) << order;
        EXPECT_NEAR(gain(bp, 450, 2000), std::sqrt(0.5), 1e-7) << order;
    }
}

TEST(Conditioner, ClipsItsBandAtALowRateAndSaysSo) {
    const Conditioner low{{.rate = {250, 1}, .profiles = {Profile::general}}};
    EXPECT_TRUE(low.band_limited());
    EXPECT_NEAR(low.low_pass_hz(), 112.5, 1e-9);
    const Conditioner usual{{.rate = {2000, 1}, .profiles = {Profile::general}}};
    EXPECT_FALSE(usual.band_limited());
    EXPECT_THROW((Conditioner{{.rate = {80, 1}, .profiles = {Profile::general}}}), Error);
}

TEST(Conditioner, TakesTheHeartOutOfTrunkSitesOnly) {
    for (const char* site : {"MF", "IOT", "LT", "ICT", "ICL", "RA", "EO", "LD"}) {
        EXPECT_EQ(profile_for_site(site), Profile::trunk_ecg) << site;
    }
    EXPECT_EQ(profile_for_site("BF"), Profile::general);
    EXPECT_LT(gain(profile_sections(Profile::trunk_ecg, 1000), 20, 1000), 0.15);
    EXPECT_GT(gain(profile_sections(Profile::general, 1000), 20, 1000), 0.70);
}

}  // namespace
}  // namespace tonus
