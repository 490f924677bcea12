// tonus run --record and tonus verify as a person uses them.

#include <algorithm>
#include <optional>

#include <sys/stat.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/formats/verify.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using test::run_tonus;

using Record = test::TempFolder;

TEST_F(Record, AReplayIsTheRunAgainToTheByteWithTheSessionFromTheFile) {
    const std::string source = "'sim:?subject=7&task=reps&imu=on&loss=0.05'";
    EXPECT_EQ(run_tonus(fmt::format("run --source {} --duration 1.5 -q --record {} --out {} --events {}", source, path("a.xdf"), path("a.csv"), path("a.jsonl"))).exit_code, 0);
    EXPECT_EQ(run_tonus(fmt::format("replay {} -q --out {} --events {}", path("a.xdf"), path("b.csv"), path("b.jsonl"))).exit_code, 0);
    EXPECT_GT(text("a.csv").size(), 5000u);
    EXPECT_EQ(text("a.csv"), text("b.csv"));
    EXPECT_EQ(text("a.jsonl"), text("b.jsonl"));
    const test::CommandResult verified = run_tonus("verify --json " + path("a.xdf"));
    EXPECT_EQ(verified.exit_code, 0);
    const auto report = nlohmann::json::parse(verified.output);
    EXPECT_TRUE(report["whole"].get<bool>());
    EXPECT_GT(report["streams"][0]["lost"]["device"].get<int>(), 0) << "the losses are in the ledger";
}

TEST_F(Record, IsForItsOwnerAloneAndReplacesNothing) {
    const std::string command = "run --source sim: --duration 0.2 -q --record " + path("a.xdf");
    EXPECT_EQ(run_tonus(command).exit_code, 0);
    struct stat info {};
    ASSERT_EQ(stat(path("a.xdf").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777u, 0600u);
    const std::string before = text("a.xdf");
    const test::CommandResult again = run_tonus(command);
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_NE(again.output.find("not overwritten"), std::string::npos) << again.output;
    EXPECT_EQ(text("a.xdf"), before);
}

TEST_F(Record, VerifySaysWhatAFlippedByteCost) {
    EXPECT_EQ(run_tonus("run --source sim: --duration 0.6 -q --record " + path("a.xdf")).exit_code, 0);
    std::string bytes = text("a.xdf");
    bytes[bytes.size() * 3 / 4] ^= '\x10';
    write("a.xdf", bytes);
    const test::CommandResult verified = run_tonus("verify " + path("a.xdf"));
    EXPECT_EQ(verified.exit_code, 1);
    EXPECT_NE(verified.output.find("have no good checksum; they cost"), std::string::npos) << verified.output;
    write("no.xdf", "XDF:");
    EXPECT_EQ(run_tonus("verify " + path("no.xdf")).exit_code, 3);
    EXPECT_EQ(run_tonus("verify " + path("missing.xdf")).exit_code, 3);
}

/// A small disk of its own, where the machine lets a test have one.
class RecordOnASmallDisk : public test::TempFolder {
protected:
    /// Runs these lines of shell on a disk of `size`, and gives what they said; nothing where no disk may be mounted.
    std::optional<std::string> said_on_a_disk_of(const std::string& size, const std::string& lines) {
        write("run", fmt::format("mount -t tmpfs -o size={} none {}/disk || exit 77\ncd {}/disk\n{}\n", size, folder_.string(), folder_.string(), lines));
        std::filesystem::create_directories(folder_ / "disk");
        const int status = std::system(fmt::format("unshare --user --map-root-user --mount sh {} > {} 2>&1", path("run"), path("said")).c_str());
        if (status != 0) return std::nullopt;
        return text("said");
    }
};

TEST_F(RecordOnASmallDisk, IsNotBegunWithoutRoomForAMinute) {
    const auto said = said_on_a_disk_of("200k", fmt::format("{} run --source sim: --duration 3 -q --record a.xdf; echo exit $?; ls", TONUS_BINARY));
    if (!said) GTEST_SKIP() << "no disk may be mounted here";
    EXPECT_NE(said->find("the disk has room for"), std::string::npos) << *said;
    EXPECT_NE(said->find("exit 1\n"), std::string::npos) << *said;
    EXPECT_EQ(said->find("a.xdf\n"), std::string::npos) << *said;
}

// Another file takes the disk while the recording runs. The recorder meets the real ENOSPC: the run goes on, its table
// is whole, and the recording holds everything before, in equal values, and says itself why it ends.
TEST_F(RecordOnASmallDisk, AnotherFileThatFillsItEndsTheRecordingAndNotTheRun) {
    const auto said = said_on_a_disk_of("8m", fmt::format("{1} run --source sim: --duration 5 --record a.xdf --out {0}/a.csv & run=$!\n"
                                                          "until [ -s a.xdf ]; do sleep 0.05; done; sleep 1; cat /dev/zero > fill; wait $run; echo exit $?; {1} verify a.xdf; echo verify $?\n"
                                                          "{1} convert a.xdf {0}/b.csv --streams emg -q; cp a.xdf {0}", folder_.string(), TONUS_BINARY));
    if (!said) GTEST_SKIP() << "no disk may be mounted here";
    for (const char* const words : {"the disk is full: data wait in memory", "DISK FULL", "s could not be kept (No space left on device); everything before it is whole", "exit 1\n",
                                    "the disk was full: what is proved is good", "verify 1\n"}) {
        EXPECT_NE(said->find(words), std::string::npos) << words << " in " << *said;
    }
    EXPECT_NE(text("a.xdf").find("\"event\":\"recording_ended\""), std::string::npos);
    const auto n_lines = [&](const std::string& name) {
        const std::string lines = text(name);
        return std::count(lines.begin(), lines.end(), '\n');
    };
    EXPECT_GT(n_lines("a.csv"), 450) << "five seconds of results, 100 each";
    EXPECT_GT(n_lines("b.csv"), 500) << "the second before the disk was full";
    EXPECT_LT(n_lines("b.csv"), 4500);
    const Verification report = verify_recording(system_files(), path("a.xdf"));
    EXPECT_TRUE(report.damages.empty());
    for (const Verification::Stream& stream : report.streams) EXPECT_TRUE(stream.adds_up()) << stream.name;
    EXPECT_GT(report.streams[0].lost[static_cast<std::size_t>(GapCause::recording)], 500u);
    EXPECT_GT(report.streams[0].n_emitted, 4500u);
}

}  // namespace
}  // namespace tonus
