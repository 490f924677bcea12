// What a person sees when something is wrong: the message and the exit code of the real binary.

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

namespace fs = std::filesystem;
using test::CommandResult;
using test::run_tonus;

/// Files and paths as a shell is given them.
class BadInput : public test::TempFolder {
protected:
    std::string file(const std::string& name, const std::string& content) {
        write(name, content);
        return path(name);
    }
    std::string path(const std::string& name) { return "'" + TempFolder::path(name) + "'"; }
};

void expect(const CommandResult& result, int exit_code, const std::string& part) {
    EXPECT_EQ(result.exit_code, exit_code) << result.output;
    EXPECT_NE(result.output.find(part), std::string::npos) << "said: " << result.output;
}

std::string rows(int n, double scale = 1.0, const char* header = "") {
    std::string text = header;
    for (int i = 0; i < n; ++i) text += std::to_string(i / 1000.0) + "," + std::to_string(scale * (i % 17 - 8)) + "\n";
    return text;
}

TEST_F(BadInput, MissingFile) {
    expect(run_tonus("replay " + path("squat.csv")), 3, "squat.csv");
    file("squad.csv", rows(10));
    expect(run_tonus("replay " + path("squat.csv")), 3, "squad.csv");
}

TEST_F(BadInput, EmptyFileAndFolderAndGarbage) {
    expect(run_tonus("replay " + file("empty.csv", "")), 3, "empty");
    expect(run_tonus("replay '" + folder_.string() + "'"), 3, "folder");
    std::string garbage;
    for (int i = 0; i < 4096; ++i) garbage += static_cast<char>((i * 7919) >> 3);
    const CommandResult result = run_tonus("replay " + file("noise.bin", garbage));
    EXPECT_EQ(result.exit_code, 3) << result.output;
}

TEST_F(BadInput, NoXdfInsideOfItsEnding) {
    expect(run_tonus("inspect " + file("noise.xdf", std::string(64, '\0'))), 3, "noise.xdf: is no XDF file");
}

TEST_F(BadInput, APartBehindTheEnd) {
    const std::string recording = file("squat.csv", rows(2000, 1.0, "time_s,MF_L[uV]\n"));
    expect(run_tonus("convert " + recording + " " + path("squat.edf") + " --from 3"), 2, "nothing lies behind 3 s");
    EXPECT_FALSE(fs::exists(folder_ / "squat.edf"));
    expect(run_tonus("replay " + recording + " --from 3"), 1, "--from lies behind its end");
}

// Several may be played together.
TEST_F(BadInput, ARecordingThatBreaksOffIsNamed) {
    const std::string recording = file("squat.csv", rows(2000, 1.0, "time_s,MF_L[uV]\n")), half = path("half.xdf");
    expect(run_tonus("convert " + recording + " " + path("whole.xdf")), 0, "wrote");
    const std::string whole = text("whole.xdf");
    file("half.xdf", whole.substr(0, whole.size() / 2));
    expect(run_tonus("replay " + half + " " + recording), 1, "half.xdf: damaged");
}

TEST_F(BadInput, WrongUnit) {
    expect(run_tonus("replay 'file:" + folder_.string() + "/x.csv?rate=1000&unit=kg'") , 3, "x.csv");
    file("x.csv", rows(2000));
    expect(run_tonus("replay 'file:" + folder_.string() + "/x.csv?rate=1000&unit=kg'"), 2, "kg");
}

TEST_F(BadInput, UnknownUnitIsAskedFor) {
    expect(run_tonus("replay 'file:" + folder_.string() + "/y.csv?rate=1000'"), 3, "y.csv");
    file("y.csv", rows(2000));
    expect(run_tonus("replay 'file:" + folder_.string() + "/y.csv?rate=1000'"), 2, "unit");
}

TEST_F(BadInput, UnknownKeyInTheSessionFile) {
    const std::string session = file("s.toml", "[[channel]]\nname = \"A\"\n[load]\nlimit_mcv = 0.3\n");
    expect(run_tonus("replay sim: --session " + session), 2, "s.toml:4: [load]: unknown key 'limit_mcv'; did you mean 'limit_mvc'?");
}

TEST_F(BadInput, ChannelThatIsNotInTheDevice) {
    const std::string session = file("s.toml", "[[channel]]\nname = \"A\"\ninput = 9\n");
    expect(run_tonus("replay 'sim:?duration=2' --session " + session), 2, "input '9' is not in source 0; its EMG inputs are: 1 MF_L, 2 MF_R");
}

TEST_F(BadInput, InputThatIsNotInTheMontageIsSaid) {
    const std::string session = file("s.toml", "[[channel]]\nname = \"A\"\ninput = \"MF_L\"\nsite = \"MF\"\n");
    expect(run_tonus("replay 'sim:?duration=2' --session " + session), 0, "not in the montage, and not used: MF_R, LT_L, LT_R");
}

TEST_F(BadInput, MissingMaximumMakesTheFlagUnknown) {
    const std::string session = file("s.toml", "[[channel]]\nname = \"A\"\nsite = \"MF\"\n");
    const std::string out = path("r.csv");
    expect(run_tonus("replay 'sim:?duration=2' --session " + session + " --out " + out), 0, "tonus calibrate");
    std::ifstream table{folder_ / "r.csv"};
    std::string line, last;
    int n_under = 0;
    while (std::getline(table, line)) {
        last = line;
        if (line.find(",under,") != std::string::npos) ++n_under;
    }
    EXPECT_EQ(n_under, 0);
    EXPECT_NE(last.find("unknown,mvc_missing"), std::string::npos) << last;
}

TEST_F(BadInput, MaximumBelowRest) {
    const std::string session =
        file("s.toml", "[[channel]]\nname = \"A\"\n[[reference]]\nchannel = \"A\"\nrest_uv = 9\nmvc_uv = 5\n");
    expect(run_tonus("replay 'sim:?duration=2' --session " + session), 2, "s.toml:6");
}

TEST_F(BadInput, RateTooLowForEmg) {
    const CommandResult low = run_tonus("replay 'sim:?duration=2&rate=250'");
    expect(low, 0, "250 Hz is low for EMG: the band ends at 112.5 Hz");
    expect(run_tonus("replay 'sim:?duration=2&rate=80'"), 2, "80");
}

TEST_F(BadInput, NothingButNan) {
    const CommandResult result = run_tonus("replay 'sim:?duration=4&float=on&nan=MF_L@0-4,MF_R@0-4,LT_L@0-4,LT_R@0-4' --events " + path("e.jsonl"));
    EXPECT_EQ(result.exit_code, 0) << result.output;
    std::ifstream events{folder_ / "e.jsonl"};
    std::string all{std::istreambuf_iterator<char>{events}, {}};
    EXPECT_NE(all.find("load_unknown"), std::string::npos);
    EXPECT_EQ(all.find("load_known"), std::string::npos);
}

TEST_F(BadInput, NoChannels) {
    expect(run_tonus("replay 'file:" + folder_.string() + "/imu.csv?rate=100'"), 3, "imu.csv");
    file("imu.csv", "time_s,ax_m_s2\n0,0.1\n0.01,0.2\n0.02,0.1\n0.03,0.2\n");
    expect(run_tonus("replay 'file:" + folder_.string() + "/imu.csv?rate=100'"), 2, "no channel to work on");
}

// A recording cannot be made again.
TEST_F(BadInput, OutputsThatWouldOverwriteAnInput) {
    const std::string recording = file("lift.csv", rows(2000, 1.0, "t_s,emg_uV\n"));
    const auto size = fs::file_size(folder_ / "lift.csv");
    expect(run_tonus("replay " + recording + " --out " + recording), 2, "would be overwritten");
    fs::create_symlink(folder_ / "lift.csv", folder_ / "link.csv");
    expect(run_tonus("replay " + recording + " --events " + path("link.csv")), 2, "would be overwritten");
    expect(run_tonus("replay " + recording + " --out " + path("r.txt") + " --events " + path("r.txt")), 2, "another output");
    EXPECT_EQ(fs::file_size(folder_ / "lift.csv"), size);
    EXPECT_EQ(run_tonus("replay " + recording + " --out " + path("r.txt")).exit_code, 0);
    EXPECT_EQ(run_tonus("replay " + recording + " --out " + path("r.txt")).exit_code, 0) << "results may be made again";
}

TEST_F(BadInput, TapsOnAFullDiskAreAnErrorNotACrash) {
    fs::create_symlink("/dev/full", folder_ / "activation.npy");
    expect(run_tonus("replay 'sim:?duration=200' --taps " + path("")), 1, "activation.npy");
}

TEST_F(BadInput, TapsIntoTheFolderOfTheRecording) {
    const std::string recording = file("lift.csv", rows(2000, 1.0, "t_s,emg_uV\n"));
    expect(run_tonus("replay " + recording + " --taps '" + folder_.string() + "'"), 2, "name a folder of their own");
}

TEST_F(BadInput, WrongArguments) {
    EXPECT_EQ(run_tonus("").exit_code, 2);
    EXPECT_EQ(run_tonus("replay").exit_code, 2);
    EXPECT_EQ(run_tonus("dance").exit_code, 2);
    EXPECT_EQ(run_tonus("replay sim: --speed fast").exit_code, 2);
    EXPECT_EQ(run_tonus("replay sim: --speed 1000").exit_code, 2);
    EXPECT_EQ(run_tonus("demo --duration 0").exit_code, 2);
    expect(run_tonus("run"), 2, "no source");
    expect(run_tonus("run --source cyto:x"), 2, "cyto");
    expect(run_tonus("run --source 'sim:?rat=5'"), 2, "did you mean 'rate'?");
    expect(run_tonus("replay 'sim:?duration=1' --speed 1 --taps x"), 2, "--taps");
    expect(run_tonus("run --source 'sim:?duration=1' --out /nowhere/x.csv"), 1, "/nowhere/x.csv");
}

TEST_F(BadInput, HelpTeaches) {
    const CommandResult help = run_tonus("--help");
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.output.find("not a medical device"), std::string::npos);
    for (const char* command : {"demo", "run", "replay", "calibrate", "check", "inspect", "drivers"}) {
        EXPECT_NE(help.output.find(command), std::string::npos) << command;
        const CommandResult one = run_tonus(std::string{command} + " --help");
        EXPECT_EQ(one.exit_code, 0);
        EXPECT_GT(one.output.size(), 100u);
    }
}

TEST_F(BadInput, ThreadsThatCannotBePlaced) {
    expect(run_tonus("run --source sim: --duration 1 --cpu 9999"), 2, "core 9999 is not one this process may use");
    expect(run_tonus("run --source sim: --duration 1 --cpu one"), 2, "--cpu");
    expect(run_tonus("run --source sim: --duration 1 --spin --realtime"), 2, "--spin");
}

TEST_F(BadInput, WrongOptionsOfBench) {
    expect(run_tonus("bench --compare " + path("none.json")), 3, "none.json");
    expect(run_tonus("bench --compare " + file("empty.json", "{}")), 3, "empty.json: not a scorecard");
    expect(run_tonus("bench --ratio 2"), 2, "--compare");
    expect(run_tonus("bench --compare " + path("empty.json") + " --ratio 0.5"), 2, "--ratio");
    expect(run_tonus("bench --quick --from " + path("empty.json")), 2, "--from");
    expect(run_tonus("bench --fast"), 2, "--fast");
    expect(run_tonus("bench --from " + path("empty.json") + " --json " + path("empty.json")), 2, "would be overwritten");
}

}  // namespace
}  // namespace tonus
