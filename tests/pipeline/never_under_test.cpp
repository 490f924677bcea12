// The flag may say under, over or unknown; it may not say under while nobody can know.

#include <gtest/gtest.h>

#include "tests/support/calibrated_subject.hpp"

namespace tonus {
namespace {

using test::CollectingSink;

struct Scenario {
    const char* name;
    const char* options;
    double from_s;  ///< from here on, detection included, nobody can know the load ...
    double to_s;    ///< ... until here
};

// Detection takes half a window (a gap, a NaN), 200 ms and half a window (a frozen value beside
// living ones), or 200 ms at the rail and the way there (a fallen electrode); domain 11.8, S6 allows 0.7 s.
constexpr double kHalfWindowS = 0.14;
constexpr double kFrozenS = 0.35;
constexpr double kOffS = 0.7;

const Scenario kScenarios[] = {
    {"before the first value", "", 0.0, 0.25},
    {"a long gap", "gap=4-7", 4.0 + kHalfWindowS, 7.0},
    {"many gaps with little between", "gap=4-4.2,4.24-4.5,4.53-4.9,4.95-5.3", 4.0 + kHalfWindowS, 5.3},
    {"both local electrodes off", "lead_off=MF_L@4-8,MF_R@4-8", 4.0 + kOffS, 8.0},
    {"every electrode off", "lead_off=MF_L@4-8,MF_R@4-8,LT_L@4-8,LT_R@4-8", 4.0 + kOffS, 8.0},
    {"both local channels frozen", "flat=MF_L@4-8,MF_R@4-8", 4.0 + kFrozenS, 8.0},
    {"both global channels frozen", "flat=LT_L@4-8,LT_R@4-8", 4.0 + kFrozenS, 8.0},
    {"nothing but NaN", "float=on&nan=MF_L@4-8,MF_R@4-8,LT_L@4-8,LT_R@4-8", 4.0 + kHalfWindowS, 8.0},
    {"NaN in the local group", "float=on&nan=MF_L@4-8,MF_R@4-8", 4.0 + kHalfWindowS, 8.0},
    {"clipping", "saturate=LT_L@4-8", 4.0 + kHalfWindowS + 0.5, 8.0},
    {"one electrode after the other", "lead_off=MF_L@3-9,MF_R@4-8", 4.0 + kOffS, 8.0},
    {"a gap while an electrode is off", "lead_off=MF_L@3-9,MF_R@3-9&gap=5-7", 3.0 + kOffS, 9.0},
};

class NeverUnder : public testing::TestWithParam<Scenario> {};

TEST_P(NeverUnder, WhileTheTruthIsUnknown) {
    const Scenario& scenario = GetParam();
    for (const char* task : {"task=hold&level=0.25", "task=hold&level=0.5", "task=rest", "task=reps"}) {
        for (const char* rate : {"1000", "2148.148", "250"}) {
            const std::string url = std::string{"sim:?subject=21&duration=12&rate="} + rate + "&" + task + "&" + scenario.options;
            const CollectingSink sink = test::replay(url, test::true_session(url));
            std::size_t n_checked = 0, n_known = 0;
            for (const CollectingSink::Row& row : sink.rows) {
                n_known += row.row.load != LoadState::unknown ? 1u : 0u;
                if (row.row.time_s <= scenario.from_s || row.row.time_s > scenario.to_s) continue;
                ++n_checked;
                ASSERT_NE(row.row.load, LoadState::under) << scenario.name << ", " << url << ", at " << row.row.time_s << " s";
                const bool says_why = row.row.load != LoadState::unknown || row.row.load_reason != Reason::none;
                ASSERT_TRUE(says_why) << "unknown without a reason";
            }
            EXPECT_GT(n_checked, 10u);
            EXPECT_GT(n_known, 200u) << "the rest of the session is known: " << url;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Faults, NeverUnder, testing::ValuesIn(kScenarios),
                         [](const testing::TestParamInfo<Scenario>& scenario) {
                             std::string name = scenario.param.name;
                             std::replace_if(name.begin(), name.end(), [](char c) { return c == ' '; }, '_');
                             return name;
                         });

TEST(NeverUnder, WithoutAReference) {
    const std::string url = "sim:?subject=22&task=hold&level=0.1&duration=5";
    for (const bool rest_only : {false, true}) {
        Session session = test::true_session(url);
        for (SessionChannel& channel : session.channels) {
            if (rest_only) channel.reference->mvc_uv = 0.0;
            else channel.reference.reset();
        }
        const CollectingSink sink = test::replay(url, session);
        for (const CollectingSink::Row& row : sink.rows) {
            ASSERT_EQ(row.row.load, LoadState::unknown);
            ASSERT_EQ(row.row.load_reason, Reason::mvc_missing);
        }
    }
}

// A submaximal reference has no third of a maximum (domain 4.4).
TEST(NeverUnder, WithASubmaximalReference) {
    const std::string url = "sim:?subject=22&task=hold&level=0.1&duration=5";
    Session session = test::true_session(url);
    for (SessionChannel& channel : session.channels) channel.reference->method = ReferenceMethod::rve;
    const CollectingSink sink = test::replay(url, session);
    for (const CollectingSink::Row& row : sink.rows) {
        ASSERT_EQ(row.row.load, LoadState::unknown);
        ASSERT_EQ(row.row.load_reason, Reason::reference_rve);
    }
}

}  // namespace
}  // namespace tonus
