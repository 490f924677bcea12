// From a recording to its synergies: the envelopes of its sites, and what they are made of.

#include <cmath>

#include <gtest/gtest.h>

#include "engine/activation/synergies.hpp"
#include "engine/core/error.hpp"
#include "engine/pipeline/site_envelopes.hpp"
#include "tests/support/calibrated_subject.hpp"

namespace tonus {
namespace {

SiteEnvelopes envelopes_of(const std::string& url, const Session& session) {
    const auto device = open_device(url);
    Device* const devices[] = {device.get()};
    return site_envelopes(devices, session);
}

std::string refusal_of(const std::string& url, const Session& session) {
    try {
        envelopes_of(url, session);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::usage);
        return error.what();
    }
    return "no refusal";
}

TEST(SiteEnvelopes, ReadTheLevelOfAHold) {
    const std::string url = "sim:?subject=51&task=hold&level=0.4&duration=30";
    const SiteEnvelopes envelopes = envelopes_of(url, test::true_session(url));
    ASSERT_EQ(envelopes.n_sites, 4u);
    ASSERT_TRUE(envelopes.of_mvc);
    for (std::size_t site = 0; site < 4; ++site) {
        double mean = 0.0;
        for (std::size_t f = 0; f < envelopes.n_frames; ++f) mean += envelopes.values[site * envelopes.n_frames + f] / static_cast<double>(envelopes.n_frames);
        EXPECT_NEAR(mean, 0.4, 0.02) << "site " << site;
    }
}

// The left side works, then the right one: two synergies, one of each side.
TEST(SiteEnvelopes, GiveTheSynergiesOfTwoSidesInTurn) {
    const std::string url = "sim:?subject=51&task=sides&duration=60";
    const SiteEnvelopes envelopes = envelopes_of(url, test::true_session(url));
    const Synergies found = find_synergies({envelopes.values, envelopes.n_sites}, {.n_restarts = 5});
    ASSERT_EQ(found.n_synergies, 2u);
    EXPECT_GT(found.vaf, 0.9);
    for (std::size_t a = 0; a < 2; ++a) {
        const double left = found.weights[0 * 2 + a] + found.weights[2 * 2 + a], right = found.weights[1 * 2 + a] + found.weights[3 * 2 + a];
        EXPECT_GT(std::max(left, right), 2.5 * std::min(left, right)) << "synergy " << a << " is of one side";
    }
}

TEST(SiteEnvelopes, AreOfUnitVarianceWithoutReferences) {
    const std::string url = "sim:?subject=51&task=reps&duration=30";
    Session session = test::true_session(url);
    session.channels[1].reference.reset();
    const SiteEnvelopes envelopes = envelopes_of(url, session);
    EXPECT_FALSE(envelopes.of_mvc);
    double mean = 0.0, square = 0.0;
    for (std::size_t f = 0; f < envelopes.n_frames; ++f) {
        mean += envelopes.values[f] / static_cast<double>(envelopes.n_frames);
        square += envelopes.values[f] * envelopes.values[f] / static_cast<double>(envelopes.n_frames);
    }
    EXPECT_NEAR(square - mean * mean, 1.0, 0.02);
}

TEST(SiteEnvelopes, LeaveOutWhatIsNotValidAndRefuseWhatIsTooShort) {
    const std::string url = "sim:?subject=51&task=reps&duration=30&gap=10-15";
    const Session session = test::true_session(url);
    const SiteEnvelopes envelopes = envelopes_of(url, session);
    EXPECT_NEAR(static_cast<double>(envelopes.n_frames), 2500.0, 60.0);
    EXPECT_NE(refusal_of("sim:?subject=51&duration=8", session).find("10 s in which all channels are valid"), std::string::npos);
    Session two = session;
    two.channels.resize(2);
    EXPECT_NE(refusal_of(url, two).find("at least 3 channels, and there are 2"), std::string::npos);
}

}  // namespace
}  // namespace tonus
