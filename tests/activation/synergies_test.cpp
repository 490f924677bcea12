#include "engine/activation/synergies.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

#include "engine/activation/nnls.hpp"
#include "engine/core/error.hpp"

namespace tonus {
namespace {

constexpr std::size_t kSites = 6;
constexpr std::size_t kFrames = 200;

/// Two groups of muscles, each site in both to its own share.
const std::vector<double> kWeights{1.0, 0.1, 0.8, 0.0, 0.5, 0.3, 0.2, 1.0, 0.0, 0.7, 0.4, 0.6};

/// Half-waves of a sine and a cosine, two turns.
double activation(std::size_t synergy, std::size_t frame) {
    const double phase = 4.0 * std::numbers::pi * static_cast<double>(frame) / kFrames;
    return 0.3 * std::max(synergy == 0 ? std::sin(phase) : std::cos(phase), 0.0);
}

std::vector<double> envelopes() {
    std::vector<double> values(kSites * kFrames, 0.0);
    for (std::size_t site = 0; site < kSites; ++site) {
        for (std::size_t t = 0; t < kFrames; ++t) {
            for (std::size_t s = 0; s < 2; ++s) values[site * kFrames + t] += kWeights[site * 2 + s] * activation(s, t);
        }
    }
    return values;
}

TEST(Synergies, ExplainsTwoHalfWavesByTwoSynergies) {
    const std::vector<double> values = envelopes();
    const Synergies synergies = find_synergies({.values = values, .n_sites = kSites});
    EXPECT_EQ(synergies.n_synergies, 2u);
    EXPECT_TRUE(synergies.sufficient);
    EXPECT_GT(synergies.vaf, 0.9999);
    for (const double vaf : synergies.site_vaf) EXPECT_GT(vaf, 0.99);

    // One is not enough, so the search did not stop by chance.
    EXPECT_LT(factorise({.values = values, .n_sites = kSites}, 1).vaf, 0.9);
}

TEST(Synergies, FindsTheWeightsItWasMadeOf) {
    const std::vector<double> values = envelopes();
    SynergyConfig config;
    config.vaf_step_min = 1e-9;
    const Synergies found = factorise({.values = values, .n_sites = kSites}, 2, config);
    const std::size_t first = found.weights[0] > found.weights[1] ? 0 : 1;
    for (std::size_t site = 0; site < kSites; ++site) {
        EXPECT_NEAR(found.weights[site * 2 + first], kWeights[site * 2], 0.05) << site;
        EXPECT_NEAR(found.weights[site * 2 + 1 - first], kWeights[site * 2 + 1], 0.05) << site;
    }
    for (std::size_t t = 0; t < kFrames; ++t) EXPECT_NEAR(found.activations[first * kFrames + t], activation(0, t), 0.02);
}

TEST(Synergies, HasWeightsUpToOne) {
    const std::vector<double> values = envelopes();
    const Synergies found = factorise({.values = values, .n_sites = kSites}, 3);
    for (std::size_t s = 0; s < 3; ++s) {
        double largest = 0.0;
        for (std::size_t site = 0; site < kSites; ++site) largest = std::max(largest, found.weights[site * 3 + s]);
        EXPECT_DOUBLE_EQ(largest, 1.0);
    }
    EXPECT_GE(*std::min_element(found.weights.begin(), found.weights.end()), 0.0);
    EXPECT_GE(*std::min_element(found.activations.begin(), found.activations.end()), 0.0);
}

TEST(Synergies, IsTheSameForTheSameSeed) {
    const std::vector<double> values = envelopes();
    SynergyConfig config;
    config.n_restarts = 3;
    const Synergies a = factorise({.values = values, .n_sites = kSites}, 2, config);
    const Synergies b = factorise({.values = values, .n_sites = kSites}, 2, config);
    EXPECT_EQ(a.weights, b.weights);
    config.seed = 2;
    EXPECT_NE(a.weights, factorise({.values = values, .n_sites = kSites}, 2, config).weights);
}

// A live run keeps the weights and solves for the activations alone (domain 5.6).
TEST(Synergies, FollowsAFrameWithItsWeightsKept) {
    const std::vector<double> values = envelopes();
    const Nnls follow{{.n_rows = kSites, .n_columns = 2}, kWeights};
    for (std::size_t t = 0; t < kFrames; ++t) {
        std::array<double, kSites> frame{};
        for (std::size_t site = 0; site < kSites; ++site) frame[site] = values[site * kFrames + t];
        std::array<double, 2> h{};
        ASSERT_TRUE(follow.solve(frame, h));
        ASSERT_NEAR(h[0], activation(0, t), 1e-9);
        ASSERT_NEAR(h[1], activation(1, t), 1e-9);
    }
}

TEST(Synergies, LetsASilentSiteStandAside) {
    std::vector<double> values = envelopes();
    std::fill_n(values.begin(), kFrames, 0.0);
    const Synergies found = find_synergies({.values = values, .n_sites = kSites});
    EXPECT_EQ(found.n_synergies, 2u);
    EXPECT_EQ(found.site_vaf[0], 1.0);
}

TEST(Synergies, RefusesWhatIsNoEnvelope) {
    std::vector<double> values = envelopes();
    EXPECT_THROW(factorise({.values = values, .n_sites = 7}, 2), Error);
    EXPECT_THROW(factorise({.values = values, .n_sites = kSites}, 0), Error);
    EXPECT_THROW(factorise({.values = values, .n_sites = kSites}, 7), Error);
    values[3] = -0.01;
    EXPECT_THROW(factorise({.values = values, .n_sites = kSites}, 2), Error);
    values[3] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(factorise({.values = values, .n_sites = kSites}, 2), Error);
    EXPECT_THROW(factorise({.values = std::vector<double>(12, 0.0), .n_sites = 2}, 1), Error);
}

}  // namespace
}  // namespace tonus
