// `tonus check`: are left and right where they belong? By the real binary.

#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::run_tonus;

/// The verdict on each site, by its name.
std::map<std::string, std::string> verdicts(const std::string& options, int exit_code) {
    const auto result = run_tonus("check --fast --json " + options);
    EXPECT_EQ(result.exit_code, exit_code) << result.output;
    std::map<std::string, std::string> by_site;
    const json found = json::parse(result.output);
    for (const json& site : found["sites"]) by_site[site["site"]] = site["verdict"];
    return by_site;
}
/// An electrode pair in a session file.
std::string channel(const std::string& name, const std::string& input, const std::string& site, const std::string& side) {
    return "[[channel]]\nname = \"" + name + "\"\ninput = \"" + input + "\"\nsite = \"" + site + "\"\nside = \"" + side + "\"\n";
}

using Verdicts = std::map<std::string, std::string>;

TEST(Scenario, S11_SwappedCablesAreReported) {
    EXPECT_EQ(verdicts("--source 'sim:?task=sides'", 0), (Verdicts{{"MF", "ok"}, {"LT", "ok"}}));
    EXPECT_EQ(verdicts("--source 'sim:?task=sides&swap=MF'", 1), (Verdicts{{"MF", "swapped"}, {"LT", "ok"}})) << "the other pair is not blamed";
    const auto told = run_tonus("check --fast --source 'sim:?task=sides&swap=MF'");
    EXPECT_NE(told.output.find("MF: the other side rises; check left/right or cables"), std::string::npos) << told.output;
}

TEST(Check, FindsADeadPairOnEitherSideAndOfEverySite) {
    EXPECT_EQ(verdicts("--source 'sim:?task=sides&channels=8&dead=LT_R,EO_L&swap=IOT'", 1),
              (Verdicts{{"MF", "ok"}, {"LT", "dead"}, {"IOT", "swapped"}, {"EO", "dead"}}));
    const auto told = run_tonus("check --fast --source 'sim:?task=sides&dead=LT_R'");
    EXPECT_NE(told.output.find("LT: the right side never rises above rest; check its cable and electrodes"), std::string::npos) << told.output;
}

// Other bodies, stronger on one side, and hearts must not look like a wrong cable.
TEST(Check, IsContentWithManySubjectsUnderHeartAndHum) {
    for (int subject = 1; subject <= 20; ++subject) {
        const auto result = run_tonus("check --fast --source 'sim:?task=sides&channels=8&ecg=on&mains=50&subject=" + std::to_string(subject) + "'");
        EXPECT_EQ(result.exit_code, 0) << subject << "\n" << result.output;
    }
}

TEST(Check, LeavesOpenWhatTheEffortsDoNotShow) {
    EXPECT_EQ(verdicts("--source 'sim:?task=calibration' --rest 10 --hold 4", 1), (Verdicts{{"MF", "unclear"}, {"LT", "unclear"}})) << "both sides worked";
    EXPECT_EQ(verdicts("--source 'sim:?task=rest'", 1), (Verdicts{{"MF", "dead"}, {"LT", "dead"}})) << "nobody worked";
    EXPECT_EQ(verdicts("--source 'sim:?task=sides&duration=29'", 1), (Verdicts{{"MF", "ok"}, {"LT", "unclear"}})) << "it ended too early";
    EXPECT_EQ(verdicts("--source 'sim:?task=sides&lead_off=MF_L@15-19'", 1), (Verdicts{{"MF", "unclear"}, {"LT", "ok"}})) << "an electrode fell off";
}

TEST(Check, TakesThePairsOfTheSessionFileAndLeavesItAlone) {
    const test::TemporaryFolder folder;
    // The montage is wrong about MF, has two pairs of one site, and a channel without its mirror.
    const std::string session = channel("ml", "MF_R", "MF", "L") + channel("mr", "MF_L", "MF", "R") + channel("a", "LT_L", "LT", "L") +
                                channel("b", "LT_R", "LT", "R") + channel("c", "IOT_L", "LT", "L") + channel("d", "IOT_R", "LT", "R") +
                                channel("lone", "EO_L", "EO", "L");
    std::ofstream{folder.file("s.toml")} << session;
    const auto result = run_tonus("check --fast --json --source 'sim:?task=sides&channels=8' --session " + folder.file("s.toml"));
    EXPECT_EQ(result.exit_code, 1);
    const json found = json::parse(result.output);
    ASSERT_EQ(found["sites"].size(), 3u);
    EXPECT_EQ(found["sites"][0]["verdict"], "swapped");
    EXPECT_EQ(found["sites"][0]["left"], "ml");
    EXPECT_EQ(found["sites"][1]["site"], "a and b");
    EXPECT_EQ(found["sites"][2]["verdict"], "ok");
    EXPECT_EQ(found["not_checked"], json({"lone"}));
    EXPECT_EQ(folder.text("s.toml"), session);
}

TEST(Check, GuidesALiveRunThroughEachSide) {
    const test::TemporaryFolder folder;
    std::ofstream{folder.file("mf.toml")} << channel("l", "MF_L", "MF", "L") << channel("r", "MF_R", "MF", "R");
    const auto live = run_tonus("check --rest 6.5 --hold 0.5 --pause 0 --source 'sim:?task=rest' --session " + folder.file("mf.toml"));
    EXPECT_EQ(live.exit_code, 1) << live.output;
    EXPECT_NE(live.output.find("Lie relaxed"), std::string::npos);
    EXPECT_NE(live.output.find("MF left: bend sideways to the left"), std::string::npos);
    EXPECT_NE(live.output.find("MF right: bend sideways to the right"), std::string::npos);
    EXPECT_EQ(run_tonus("check --fast --quiet --source 'sim:?task=sides'").output, "");
}

TEST(Check, SaysWhatIsWrongWithTheArguments) {
    const auto expect = [](const std::string& options, int exit_code, const std::string& part) {
        const auto result = run_tonus("check " + options);
        EXPECT_EQ(result.exit_code, exit_code) << result.output;
        EXPECT_NE(result.output.find(part), std::string::npos) << result.output;
    };
    const test::TemporaryFolder folder;
    std::ofstream{folder.file("one.toml")} << channel("x", "MF_L", "MF", "L");
    expect("", 2, "--source");
    expect("--source sim: --session " + folder.file("one.toml"), 2, "no site has electrodes on both sides");
    expect("--source sim: --session " + folder.file("none.toml"), 3, "none.toml");
    expect("--source file:" + folder.file("none.csv") + " --fast", 3, "none.csv");
    expect("--source sim: --rest 2", 2, "rest");
    expect("--source sim: --hold 60", 2, "hold");
    expect("--source 'sim:?task=sides&side=left'", 2, "one side after the other");
    expect("--source 'sim:?swap=XX'", 2, "names none of MF_L");
    expect("--source 'sim:?dead=MF'", 2, "names none of MF_L");
}

}  // namespace
}  // namespace tonus
