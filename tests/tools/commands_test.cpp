// The commands as a person uses them, by the real binary.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_tonus;

class Commands : public test::TempFolder {};

TEST_F(Commands, DemoEndsWithASummaryWithoutATerminal) {
    const auto demo = run_tonus("demo --duration 3");
    EXPECT_EQ(demo.exit_code, 0) << demo.output;
    EXPECT_NE(demo.output.find("local (proxy)"), std::string::npos);
    EXPECT_NE(demo.output.find("3.0 s of data"), std::string::npos);
    EXPECT_NE(demo.output.find("not a medical device"), std::string::npos);
    EXPECT_EQ(demo.output.find('\x1b'), std::string::npos) << "no colours into a pipe";
}

TEST_F(Commands, JsonIsOneObjectAndQuietIsSilent) {
    const json summary = json::parse(run_tonus("replay 'sim:?duration=5' --json").output);
    EXPECT_EQ(summary["streams"][0]["emitted"], 5000);
    EXPECT_EQ(run_tonus("replay 'sim:?duration=5' --quiet").output, "");
    EXPECT_EQ(run_tonus("demo --duration 1 --quiet").output, "");
    EXPECT_EQ(json::parse(run_tonus("demo --duration 1 --json").output)["ticks"], 100);
}

TEST_F(Commands, CalibrateThenRunThenReplayIsTheWholeWay) {
    const auto calibrate = run_tonus("calibrate --source 'sim:?subject=9&task=calibration' --session " + path("s.toml") + " --fast");
    ASSERT_EQ(calibrate.exit_code, 0) << calibrate.output;
    const std::string session = text("s.toml");
    EXPECT_NE(session.find("[[reference]]"), std::string::npos);
    EXPECT_NE(session.find("device = \"sim:subject9\""), std::string::npos) << session;

    const std::string source = "'sim:?subject=9&task=demo&duration=6'";
    const auto live = run_tonus("run --source " + source + " --session " + path("s.toml") + " --out " + path("live.csv") + " --quiet");
    ASSERT_EQ(live.exit_code, 0) << live.output;
    const auto replay = run_tonus("replay " + source + " --session " + path("s.toml") + " --out " + path("replay.csv") + " --events " +
                                  path("e.jsonl") + " --taps " + path("taps") + " --quiet");
    ASSERT_EQ(replay.exit_code, 0) << replay.output;
    EXPECT_EQ(text("live.csv"), text("replay.csv")) << "live and replay agree to the last digit";
    EXPECT_NE(text("replay.csv").find(",over,"), std::string::npos);
    for (const char* name : {"0_emg_gated.npy", "0_emg_conditioned.npy", "0_emg_flags.npy", "0_emg_energy.npy", "0_emg_valid.npy",
                             "0_emg_envelope.npy", "activation.npy"}) {
        EXPECT_TRUE(fs::exists(folder_ / "taps" / name)) << name;
    }
    EXPECT_EQ(fs::file_size(folder_ / "taps" / "activation.npy"), 128u + 600u * 4u * 4u);
    const json first = json::parse(text("e.jsonl").substr(0, text("e.jsonl").find('\n')));
    EXPECT_TRUE(first.contains("event"));
}

// ECG path B has references and columns of its own, and changes nothing of path A.
TEST_F(Commands, PathBStandsBesidePathA) {
    const auto session = [&](const std::string& name, const std::string& condition) {
        std::string text = condition;
        for (const char* label : {"MF_L", "LT_L"}) {
            text += "[[channel]]\nname = \"" + std::string{label} + "\"\ninput = \"" + label + "\"\nsite = \"" + std::string{label}.substr(0, 2) + "\"\n";
        }
        std::ofstream{folder_ / name} << text;
        const auto made = run_tonus("calibrate --fast --session " + path(name) + " --source 'sim:?task=calibration&ecg=on'");
        EXPECT_EQ(made.exit_code, 0) << made.output;
        const auto ran = run_tonus("replay 'sim:?task=hold&level=0.04&ecg=on&duration=40&seed=2' --quiet --session " + path(name) + " --out " + path(name + ".csv"));
        EXPECT_EQ(ran.exit_code, 0) << ran.output;
    };
    session("a.toml", "");
    session("b.toml", "[condition]\necg = \"B\"\n");
    EXPECT_EQ(text("b.toml").find("path = \"B\"") != std::string::npos, true);
    std::istringstream a{text("a.toml.csv")}, b{text("b.toml.csv")};
    std::string row_a, row_b;
    double by_a = 0.0, by_b = 0.0;
    int n = 0;
    while (std::getline(a, row_a) && std::getline(b, row_b)) {
        ASSERT_EQ(row_b.substr(0, row_a.size()), row_a) << "path A is what it was";
        const std::string extra = row_b.substr(row_a.size());
        ASSERT_EQ(std::count(extra.begin(), extra.end(), ','), 2);
        if (row_a[0] == 't') {
            EXPECT_EQ(extra, ",MF_L_mvc_template,LT_L_mvc_template");
        } else if (row_a.size() > 5 && std::stod(row_a) > 20.0) {
            by_a += std::stod(row_a.substr(row_a.find(',', row_a.find(',') + 1) + 1));
            by_b += std::stod(extra.substr(extra.rfind(',') + 1));
            ++n;
        }
    }
    ASSERT_GT(n, 1900);
    EXPECT_NEAR(by_b / n, 0.04, 0.006) << "without the heart";
    EXPECT_LT(std::abs(by_b / n - 0.04), std::abs(by_a / n - 0.04) + 0.002) << "path A: " << by_a / n;
}

TEST_F(Commands, CalibrateKeepsWhatAPersonWrote) {
    const std::string mine = "# my own words\n[[channel]]\nname = \"left\"\ninput = \"MF_L\"\nsite = \"MF\"   # low back\n";
    std::ofstream{folder_ / "mine.toml"} << mine;
    const std::string command = "calibrate --source 'sim:?task=calibration' --session " + path("mine.toml") + " --fast --quiet";
    ASSERT_EQ(run_tonus(command).exit_code, 0);
    EXPECT_EQ(text("mine.toml").substr(0, mine.size()), mine);
    const std::string once = text("mine.toml");
    ASSERT_EQ(run_tonus(command).exit_code, 0);
    EXPECT_EQ(text("mine.toml").find("[[reference]]"), text("mine.toml").rfind("[[reference]]")) << "replaced, not repeated";
    EXPECT_EQ(text("mine.toml").size(), once.size());
}

// A session file without a montage takes the device's labels; what is written must be read again.
TEST_F(Commands, CalibrateWritesTheMontageItUsed) {
    std::ofstream{folder_ / "bare.toml"} << "# mine\n[[source]]\nurl = \"sim:?task=calibration\"\n";
    const std::string command = "calibrate --fast --quiet --session " + path("bare.toml");
    ASSERT_EQ(run_tonus(command).exit_code, 0);
    ASSERT_EQ(run_tonus(command).exit_code, 0) << "and again";
    EXPECT_EQ(text("bare.toml").find("# mine"), 0u);
    const auto ran = run_tonus("replay 'sim:?duration=4' --json --session " + path("bare.toml"));
    ASSERT_EQ(ran.exit_code, 0) << ran.output;
    EXPECT_GT(json::parse(ran.output)["ticks_known"], 300);
    const json outcomes = json::parse(run_tonus("calibrate --fast --json --session " + path("bare.toml")).output);
    EXPECT_EQ(outcomes["channels"].size(), 4u);
}

TEST_F(Commands, CalibrateWithoutEffortSaysSoAndFails) {
    const auto lazy = run_tonus("calibrate --source 'sim:?task=rest' --session " + path("lazy.toml") + " --fast");
    EXPECT_EQ(lazy.exit_code, 1) << lazy.output;
}

// What the README points a newcomer to has to work as it stands.
TEST_F(Commands, TheExampleSessionsWork) {
    const fs::path examples = test::project_folder() / "tools/tonus/sessions";
    for (const char* name : {"back.toml", "trunk.toml"}) {
        fs::copy_file(examples / name, folder_ / name);
        const std::string source = std::string{name} == "back.toml" ? " --source 'sim:?task=calibration'" : "";
        const auto calibrated = run_tonus("calibrate --fast --session " + path(name) + source);
        EXPECT_EQ(calibrated.exit_code, 0) << calibrated.output;
        const auto ran = run_tonus("run --duration 2 --json --session " + path(name));
        ASSERT_EQ(ran.exit_code, 0) << ran.output;
        EXPECT_GT(json::parse(ran.output)["ticks_known"], 100) << name;
    }
    std::ofstream lift{folder_ / "lift.csv"};
    for (int i = 0; i < 2500; ++i) lift << 1e-5 * ((i * 7919) % 200 - 100) << "\n";
    lift.close();
    const auto replayed = run_tonus("replay " + path("lift.csv") + " --json --session '" + (examples / "recording.toml").string() + "'");
    ASSERT_EQ(replayed.exit_code, 0) << replayed.output;
    EXPECT_GT(json::parse(replayed.output)["ticks_known"], 900);
}

TEST_F(Commands, InspectShowsWhatIsInARecording) {
    TONUS_NEEDS_SHARED(file, "data/09_openbci_gui/OpenBCI_GUI-v6-blinks-jawClench-alpha.txt");
    const auto seen = run_tonus("inspect '" + file.string() + "'");
    EXPECT_EQ(seen.exit_code, 0);
    EXPECT_NE(seen.output.find("OpenBCI GUI text"), std::string::npos) << seen.output;
    EXPECT_NE(seen.output.find("8 channels at 250 Hz"), std::string::npos);
    const json facts = json::parse(run_tonus("inspect --json '" + file.string() + "'").output);
    EXPECT_EQ(facts["streams"][0]["channels"].size(), 8u);
    EXPECT_EQ(facts["streams"][0]["frames"], 22490);
    EXPECT_EQ(facts["trouble"], "");
}

TEST_F(Commands, InspectOfATruncatedFileShowsTheRestAndFails) {
    TONUS_NEEDS_SHARED(file, "data/05_edf_bdf/test_generator.edf");
    fs::copy_file(file, folder_ / "cut.edf");
    fs::resize_file(folder_ / "cut.edf", fs::file_size(file) / 2);
    const auto seen = run_tonus("inspect " + path("cut.edf"));
    EXPECT_EQ(seen.exit_code, 1);
    EXPECT_NE(seen.output.find("truncated: record"), std::string::npos) << seen.output;
    EXPECT_NE(seen.output.find("squarewave"), std::string::npos) << "what is there is shown";
    const auto replayed = run_tonus("replay " + path("cut.edf"));
    EXPECT_EQ(replayed.exit_code, 1) << "kept what was there, and says that it was not all";
    EXPECT_NE(replayed.output.find("truncated"), std::string::npos);
}

TEST_F(Commands, DriversTeachTheirAddresses) {
    const auto listed = run_tonus("drivers");
    EXPECT_EQ(listed.exit_code, 0);
    for (const char* part : {"sim:", "file:", "lead_off", "scale_uv"}) EXPECT_NE(listed.output.find(part), std::string::npos) << part;
    const json all = json::parse(run_tonus("drivers --json").output);
    ASSERT_GE(all.size(), 2u);
    for (const json& driver : all) {
        if (driver["scheme"] == "sim") {
            EXPECT_GT(driver["options"].size(), 20u);
        }
        EXPECT_TRUE(driver["options"].is_array()) << driver["scheme"];
    }
}

// Ctrl-C is how a session ends: what was measured is kept, and the end is in order.
TEST_F(Commands, AnInterruptEndsTheSessionInOrder) {
    const auto result = run_tonus("run --source 'sim:?task=reps' --out " + path("r.csv") + " & pid=$!; sleep 2; kill -INT $pid; wait $pid");
    EXPECT_EQ(result.exit_code, 0) << result.output;
    EXPECT_NE(result.output.find("s of data"), std::string::npos) << result.output;
    const std::string table = text("r.csv");
    EXPECT_GT(table.size(), 5000u);
    EXPECT_EQ(table.back(), '\n') << "the last row is whole";
}

}  // namespace
}  // namespace tonus
