// tonus run --record and tonus verify as a person uses them.

#include <sys/stat.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

// A small disk of its own, where the machine lets a test have one.
TEST_F(Record, ARealDiskThatIsFullEndsTheRecordingAndNotTheRun) {
    write("run", fmt::format("mount -t tmpfs -o size=200k none {0}/disk && cd {0}/disk && {1} run --source sim: --duration 3 -q --record a.xdf --out {0}/a.csv;"
                             " echo exit $?; {1} verify a.xdf; echo verify $?\n", folder_.string(), TONUS_BINARY));
    std::filesystem::create_directories(folder_ / "disk");
    const std::string inside = "unshare --user --map-root-user --mount ";
    if (std::system((inside + "true 2>/dev/null").c_str()) != 0) GTEST_SKIP() << "no disk may be mounted here";
    if (std::system(fmt::format("{} sh {} > {} 2>&1", inside, path("run"), path("said")).c_str()) != 0) GTEST_SKIP() << text("said");
    const std::string said = text("said");
    // What a recording of a minute would take is more than there is: it is refused, or told when it comes to it.
    EXPECT_NE(said.find("the disk has room for"), std::string::npos) << said;
    EXPECT_NE(said.find("exit 1"), std::string::npos) << said;
}

}  // namespace
}  // namespace tonus
