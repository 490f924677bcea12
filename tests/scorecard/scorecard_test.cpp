#include "bench/scorecard/scorecard.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "bench/scorecard/capacity.hpp"
#include "engine/core/error.hpp"
#include "tests/support/json.hpp"
#include "tests/support/project_folder.hpp"

namespace tonus::bench {
namespace {

using nlohmann::json;

Scorecard card() {
    Scorecard c;
    c.machine = {.cpu = "A \"fast\" one", .instruction_set = "AVX2", .n_cores = 4, .n_usable = 2, .governor = "performance",
                 .memory_mib = 1000.0, .system = "6.1", .compiler = "g++ 12.2", .build = "Release", .commit = "abc"};
    c.capacity = {{.rate_hz = 1000.0, .n_channels = 768, .spare = 0.7, .slowest_ms = 1.0, .seconds = 8.0},
                  {.rate_hz = 2000.0, .n_channels = 384, .spare = 0.6, .slowest_ms = 2.0, .seconds = 8.0}};
    c.latency = {{.condition = "idle", .to_row = {40.0, 80.0, 200.0, 300.0, 1000}, .timer_floor = {60.0, 90.0, 250.0, 400.0, 1000}}};
    c.stages = {{"gate", 4.0, 0.4}, {"band-pass", 6.0, 0.6}};
    c.rated = {.cpu_share = 0.012, .resident_mib = 30.0, .memory = "locked", .engine_page_faults = 0, .n_late = 0};
    c.ring = RingFigures{.round_trip_ns = 300.0, .frames_per_ms = 100'000.0};
    c.offline_x_real_time = 1600.0;
    return c;
}

/// What of JSON Schema our schema uses. Returns the first place that does not fit; empty when all does.
std::string misfit(const json& value, const json& schema, const json& root, const std::string& place) {
    if (schema.contains("$ref")) return misfit(value, root.at(json::json_pointer{schema["$ref"].get<std::string>().substr(1)}), root, place);
    if (schema.contains("const") && value != schema["const"]) return place;
    if (schema.contains("enum") && std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) return place;
    if (schema.contains("type")) {
        const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
        const auto fits = [&](const json& type) {
            return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) || (type == "string" && value.is_string()) ||
                   (type == "integer" && value.is_number_integer()) || (type == "number" && value.is_number()) ||
                   (type == "boolean" && value.is_boolean()) || (type == "null" && value.is_null());
        };
        if (std::none_of(types.begin(), types.end(), fits)) return place;
    }
    if (value.is_object()) {
        for (const json& key : schema.value("required", json::array())) {
            if (!value.contains(key.get<std::string>())) return place + "/" + key.get<std::string>() + " is missing";
        }
        for (const auto& [key, inner] : value.items()) {
            if (!schema.at("properties").contains(key)) return place + "/" + key + " is not known";
            if (std::string wrong = misfit(inner, schema["properties"][key], root, place + "/" + key); !wrong.empty()) return wrong;
        }
    }
    for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        if (std::string wrong = misfit(value[i], schema.at("items"), root, place + "/" + std::to_string(i)); !wrong.empty()) return wrong;
    }
    return {};
}

json schema() { return test::read_json(test::project_folder() / "bench/scorecard/scorecard.schema.json"); }

TEST(ScorecardJson, FitsItsSchema) {
    const json form = schema();
    json written = json::parse(scorecard_json(card()));
    EXPECT_EQ(misfit(written, form, form, ""), "");
    Scorecard one_core = card();
    one_core.ring.reset();
    EXPECT_EQ(misfit(json::parse(scorecard_json(one_core)), form, form, ""), "");
    // The check must find what does not fit.
    written["rated"].erase("memory");
    EXPECT_EQ(misfit(written, form, form, ""), "/rated/memory is missing");
    written = json::parse(scorecard_json(card()));
    written["latency"][0]["condition"] = "tired";
    EXPECT_EQ(misfit(written, form, form, ""), "/latency/0/condition");
}

TEST(ScorecardJson, IsReadAsItWasWritten) {
    const std::string written = scorecard_json(card());
    EXPECT_EQ(scorecard_json(scorecard_from_json(written, "a.json")), written);
}

std::string refusal(const std::string& text) {
    try {
        scorecard_from_json(text, "a.json");
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::input);
        return error.what();
    }
    return "";
}

TEST(ScorecardJson, RefusesWhatIsNone) {
    EXPECT_NE(refusal("").find("a.json: not a scorecard"), std::string::npos);
    EXPECT_NE(refusal("{}").find("format"), std::string::npos);
    EXPECT_NE(refusal(R"({"format":"tonus-scorecard/9"})").find("only tonus-scorecard/1"), std::string::npos);
    json cut = json::parse(scorecard_json(card()));
    cut.erase("stages");
    EXPECT_NE(refusal(cut.dump()).find("stages"), std::string::npos);
    cut = json::parse(scorecard_json(card()));
    cut["machine"]["n_cores"] = "four";
    EXPECT_NE(refusal(cut.dump()).find("must be number"), std::string::npos);
}

TEST(ScorecardText, SaysItInOneSentence) {
    EXPECT_EQ(verdict(card()), "This machine holds 384 channels at 2 kHz with 60 % to spare.");
    Scorecard most = card();
    most.capacity[1].is_limit = false;
    EXPECT_EQ(verdict(most), "This machine holds at least 384 channels at 2 kHz with 60 % to spare.");
    most.capacity[1].n_channels = 0;
    EXPECT_NE(verdict(most).find("does not hold 8 channels"), std::string::npos);
    const std::string text = scorecard_text(card());
    for (const char* part : {"A \"fast\" one", "AVX2", "gate", "idle, arrival to row", "times real time", "2 usable by this process"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

// A core that other machines took away for seconds.
TEST(ScorecardText, KeepsLongDelaysApart) {
    Scorecard slow = card();
    slow.latency[0].timer_floor = {85.14, 1865896.7, 1865897.2, 1865897.2, 1000};
    EXPECT_NE(scorecard_text(slow).find("    85.1  1865897  1865897  1865897\n"), std::string::npos) << scorecard_text(slow);
}

TEST(Compare, FindsNothingWorseInTheSame) { EXPECT_TRUE(compare(card(), card(), 1.0).regressions.empty()); }

TEST(Compare, HoldsEveryFigureAgainstTheRatio) {
    Scorecard now = card();
    now.capacity[1].n_channels = 256;             // 1.5 times fewer
    now.latency[0].to_row.p50_us = 60.0;          // 1.5
    now.stages[0].ns_per_channel_sample = 5.0;    // 1.25
    now.offline_x_real_time = 800.0;              // 2
    now.rated.resident_mib = 15.0;                // better
    const auto worse = [&](double ratio) { return compare(card(), now, ratio).regressions; };
    ASSERT_EQ(worse(1.4).size(), 3u);
    EXPECT_EQ(worse(1.4)[0], "channels at 2 kHz: 384 before, 256 now");
    EXPECT_EQ(worse(1.2).size(), 4u);
    EXPECT_EQ(worse(1.9).size(), 1u);
    EXPECT_TRUE(worse(3.0).empty());
}

// A tail belongs to the system as much as to us: it is shown beside its floor and judged by a person.
TEST(Compare, ShowsTailsWithoutJudgingThem) {
    Scorecard now = card();
    now.latency[0].to_row.p999_us = 9000.0;
    const Comparison comparison = compare(card(), now, 1.25);
    EXPECT_TRUE(comparison.regressions.empty());
    EXPECT_NE(comparison.text.find("9000"), std::string::npos);
}

TEST(Compare, TakesWhatOneMachineLacksAsNoRegression) {
    Scorecard one_core = card();
    one_core.ring.reset();
    one_core.latency.clear();
    EXPECT_TRUE(compare(card(), one_core, 1.0).regressions.empty());
    EXPECT_TRUE(compare(one_core, card(), 1.0).regressions.empty());
}

TEST(Distribution, TakesDelaysThatOccurred) {
    std::vector<std::int64_t> delays;
    for (std::int64_t i = 1000; i > 0; --i) delays.push_back(1000 * i);
    const Distribution d = distribution_of(delays);
    EXPECT_EQ(d.p50_us, 500.0);
    EXPECT_EQ(d.p99_us, 990.0);
    EXPECT_EQ(d.p999_us, 999.0);
    EXPECT_EQ(d.max_us, 1000.0);
    EXPECT_EQ(d.n, 1000u);
    EXPECT_EQ(distribution_of({7000}).p50_us, 7.0);
    EXPECT_EQ(distribution_of({7000}).p999_us, 7.0);
    EXPECT_EQ(distribution_of({}).n, 0u);
}

TEST(Capacity, SearchFindsTheMostThatHoldsFromAnywhere) {
    const std::vector<int> ladder = channel_ladder(4096);
    EXPECT_EQ(ladder.front(), 8);
    EXPECT_EQ(ladder.back(), 4096);
    EXPECT_TRUE(std::is_sorted(ladder.begin(), ladder.end()));
    for (const int start : {0, 8, 100, 384, 4096, 10'000}) {
        for (const int limit : {8, 384, 400, 4095}) {
            const Found found = search_most(ladder, start, [&](int n) { return n <= limit; });
            EXPECT_EQ(found.n, *(std::upper_bound(ladder.begin(), ladder.end(), limit) - 1)) << start << " " << limit;
            EXPECT_TRUE(found.is_limit);
        }
        EXPECT_EQ(search_most(ladder, start, [](int) { return false; }).n, 0);
        const Found all = search_most(ladder, start, [](int) { return true; });
        EXPECT_EQ(all.n, 4096);
        EXPECT_FALSE(all.is_limit);
    }
}

}  // namespace
}  // namespace tonus::bench
