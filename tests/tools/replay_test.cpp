// Replays as a person asks for them, by the real binary.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::run_tonus;

class Replay : public test::TempFolder {
protected:
    /// Ten seconds with losses and two markers, as EDF+.
    std::string recording() const {
        std::string text = "time_s,MF_L[uV]\n";
        for (int i = 0; i < 10'000; ++i) {
            if (i < 4000 || i >= 4300) text += std::to_string(i / 1000.0) + "," + std::to_string((i * 7919) % 201 - 100) + "\n";
        }
        write("a.csv", text);
        return path("a.csv");
    }

    static std::size_t n_rows(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) - 1; }
};

TEST_F(Replay, APartIsWhatTheWholeHadThere) {
    const std::string file = recording();
    ASSERT_EQ(run_tonus("replay " + file + " --quiet --from 2 --to 6.5 --out " + path("part.csv") + " --events " + path("part.jsonl")).exit_code, 0);
    EXPECT_EQ(n_rows(text("part.csv")), 450u);
    const std::string events = text("part.jsonl");
    EXPECT_NE(events.find("\"first_frame\":2000,\"n_frames\":300"), std::string::npos) << "the loss is there again: " << events;
}

TEST_F(Replay, AtAnySpeedTheTableIsTheSame) {
    const std::string file = recording();
    ASSERT_EQ(run_tonus("replay " + file + " --quiet --out " + path("full.csv")).exit_code, 0);
    ASSERT_EQ(run_tonus("replay " + file + " --quiet --speed 20 --out " + path("paced.csv")).exit_code, 0);
    EXPECT_EQ(text("full.csv"), text("paced.csv"));
    EXPECT_EQ(run_tonus("replay " + file + " --speed 0").exit_code, 2);
    EXPECT_EQ(run_tonus("replay " + file + " --speed fast").exit_code, 2);
    EXPECT_EQ(run_tonus("replay " + file + " --speed 2 --taps " + path("taps")).exit_code, 2);
}

TEST_F(Replay, ALoopGoesOnAndSaysWhereItsSeamsAre) {
    const json summary = json::parse(run_tonus("replay " + recording() + " --loop 3 --json").output);
    const json& lost = summary["streams"][0]["lost"]["recording"];
    EXPECT_EQ(summary["streams"][0]["received"], 3 * 9700);
    EXPECT_EQ(lost, 3 * 300 + 2 * 10) << "the losses of every round, and 10 ms between two";
    EXPECT_EQ(run_tonus("replay " + recording() + " --loop 2 --offline-zero-phase").exit_code, 2);
}

TEST_F(Replay, MarkersAreShownWhenTheirTimeComes) {
    const std::string edf = path("m.edf");
    ASSERT_EQ(run_tonus("convert " + recording() + " " + path("plain.xdf") + " --quiet").exit_code, 0);
    // Where frames are lost, an EDF+ says so by an annotation.
    ASSERT_EQ(run_tonus("convert " + path("plain.xdf") + " " + edf + " --quiet").exit_code, 0);
    const auto full = run_tonus("replay " + edf + " --events " + path("e.jsonl"));
    EXPECT_NE(full.output.find("markers:"), std::string::npos) << full.output;
    const std::string events = text("e.jsonl");
    const std::size_t marker = events.find("\"event\":\"marker\",\"time_s\":4.000000");
    ASSERT_NE(marker, std::string::npos) << events;
    EXPECT_LT(marker, events.find("\"ended\""));
    const auto paced = run_tonus("replay " + edf + " --speed 50");
    EXPECT_NE(paced.output.find("marker at 4.000 s"), std::string::npos) << paced.output;
}

TEST_F(Replay, SeveralRecordingsShareATimeline) {
    write("b.csv", text("a.csv"));
    std::string other = "time_s,LT_L[uV]\n";
    for (int i = 0; i < 4000; ++i) other += std::to_string(i / 500.0) + "," + std::to_string(i % 17 - 8) + "\n";
    write("b.csv", other);
    const json summary = json::parse(run_tonus("replay " + recording() + " 'file:" + path("b.csv") + "?begin=1' --json --out " + path("both.csv")).output);
    ASSERT_EQ(summary["streams"].size(), 2u);
    EXPECT_EQ(summary["streams"][1]["received"], 4000);
    EXPECT_EQ(text("both.csv").substr(0, 24), "time_s,MF_L_mvc,LT_L_mvc");
}

}  // namespace
}  // namespace tonus
