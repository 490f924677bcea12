// `tonus replay --onsets`: contractions against the simulator's truth, by the real binary.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::run_tonus;

/// The rows of a contractions table, cell by cell, by channel.
std::map<std::string, std::vector<std::vector<std::string>>> contractions(const std::string& text) {
    std::map<std::string, std::vector<std::vector<std::string>>> by_channel;
    std::istringstream in{text};
    std::string line;
    std::getline(in, line);
    EXPECT_EQ(line, "channel,onset_s,offset_s,onset_decided_s,offset_decided_s,detector");
    while (std::getline(in, line)) {
        std::vector<std::string> cells;
        std::istringstream row{line};
        for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
        by_channel[cells.at(0)].push_back(cells);
    }
    return by_channel;
}

TEST(Onsets, AreThoseOfTheSimulatedTruth) {
    const test::TemporaryFolder folder;
    const std::string source = "'sim:?task=trapezoid&level=0.5&pause=4&duration=42&truth=" + folder.file("truth") + "'";
    for (const char* detector : {"cusum", "tkeo"}) {
        const auto ran = run_tonus("replay " + source + " --onsets " + folder.file("o.csv") + " --detector " + detector);
        ASSERT_EQ(ran.exit_code, 0) << ran.output;
        EXPECT_NE(ran.output.find(std::string{"contractions ("} + detector + ")"), std::string::npos);
        const auto found = contractions(folder.text("o.csv"));
        const json truth = json::parse(folder.text("truth/truth.json"));
        for (const json& channel : truth["channels"]) {
            const auto& rows = found.at(channel["label"]);
            for (const json& contraction : channel["contractions_s"]) {
                // A ramp of a second rises out of the noise some way up: a third of a second is near.
                const double onset_s = contraction[0], offset_s = contraction[1];
                const auto near = [&](const std::vector<std::string>& row) {
                    return !row[2].empty() && std::abs(std::stod(row[1]) - onset_s) < 0.35 && std::abs(std::stod(row[2]) - offset_s) < 0.35;
                };
                const auto row = std::find_if(rows.begin(), rows.end(), near);
                ASSERT_NE(row, rows.end()) << detector << " misses " << channel["label"] << " at " << onset_s << "\n" << folder.text("o.csv");
                EXPECT_GE(std::stod((*row)[3]), std::stod((*row)[1]));
                EXPECT_GE(std::stod((*row)[4]), std::stod((*row)[2]));
                EXPECT_EQ((*row)[5], detector);
            }
        }
    }
}

TEST(Onsets, StandBesideTheTableAndChangeNothingOfIt) {
    const test::TemporaryFolder folder;
    const std::string source = "'sim:?task=reps&duration=10'";
    ASSERT_EQ(run_tonus("replay " + source + " --out " + folder.file("a.csv") + " -q").exit_code, 0);
    const auto both = run_tonus("replay " + source + " -q --out " + folder.file("b.csv") + " --taps " + folder.file("taps") + " --onsets " + folder.file("o.csv"));
    EXPECT_EQ(both.output, "");
    EXPECT_EQ(folder.text("a.csv"), folder.text("b.csv"));
    const auto machine = run_tonus("replay " + source + " --json --offline-zero-phase --onsets " + folder.file("z.csv"));
    EXPECT_TRUE(json::accept(machine.output)) << "one object: " << machine.output;
    EXPECT_EQ(folder.text("z.csv"), folder.text("o.csv")) << "always of the live chain";
}

// Gaps count as time that passed; one that lasts to the end has no offset.
TEST(Onsets, KeepTheTimeOfTheRecordingOverGaps) {
    const test::TemporaryFolder folder;
    const auto ran = run_tonus("replay 'sim:?task=step&from=0&to=0.5&period=8&duration=14&gap=1-3' -q --onsets " + folder.file("o.csv"));
    ASSERT_EQ(ran.exit_code, 0) << ran.output;
    const auto found = contractions(folder.text("o.csv"));
    for (const auto& [channel, rows] : found) {
        ASSERT_EQ(rows.size(), 2u) << channel << "\n" << folder.text("o.csv");
        EXPECT_NEAR(std::stod(rows[0][1]), 4.05, 0.08);
        EXPECT_NEAR(std::stod(rows[0][2]), 8.05, 0.15);
        EXPECT_NEAR(std::stod(rows[1][1]), 12.05, 0.08);
        EXPECT_EQ(rows[1][2], "");
        EXPECT_EQ(rows[1][4], "");
    }
    EXPECT_EQ(found.size(), 4u);
}

TEST(Onsets, SayWhatIsWrong) {
    const test::TemporaryFolder folder;
    const auto expect = [](const std::string& options, int exit_code, const std::string& part) {
        const auto result = run_tonus("replay " + options);
        EXPECT_EQ(result.exit_code, exit_code) << result.output;
        EXPECT_NE(result.output.find(part), std::string::npos) << result.output;
    };
    const std::string onsets = " --onsets " + folder.file("o.csv");
    expect("'sim:?duration=3' --speed 1" + onsets, 2, "--onsets goes with --speed max");
    expect("'sim:?duration=3' --detector hodge" + onsets, 2, "hodge");
    expect("'sim:?duration=0.5'" + onsets, 2, "valid for a second on end");
    expect("'sim:?duration=3' --out " + folder.file("o.csv") + onsets, 2, "would be overwritten");
    expect("'sim:?duration=3' --onsets " + folder.file("nowhere/o.csv"), 1, "nowhere");
    expect(folder.file("none.csv") + onsets, 3, "none.csv");
}

}  // namespace
}  // namespace tonus
