// tonus run --record and tonus verify as a person uses them, and processes that are killed while they record.

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/clock.hpp"
#include "engine/core/random.hpp"
#include "engine/formats/verify.hpp"
#include "engine/formats/xdf_vouched.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

extern char** environ;

namespace tonus {
namespace {

using test::run_tonus;

#ifdef TONUS_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

class Record : public test::TempFolder {
protected:
    /// The frames of the first stream as text, by tonus convert.
    std::string frames_of(const std::string& recording, const std::string& name) {
        const test::CommandResult converted = run_tonus(fmt::format("convert '{}' '{}' --streams emg -q", path(recording), path(name)));
        (void)converted;  // 1 where the recording was cut
        return text(name);
    }
};

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

/// One recording process, and when it is killed.
struct Victim {
    std::string name = {};
    pid_t pid = 0;
    std::int64_t killed_ns = 0;
};

pid_t start(const std::string& recording) {
    std::vector<std::string> words{TONUS_BINARY, "run", "--source", "sim:?imu=on", "--duration", "0.35", "--quiet", "--record", recording};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t silent;
    posix_spawn_file_actions_init(&silent);
    posix_spawn_file_actions_addopen(&silent, 1, "/dev/null", O_WRONLY, 0);
    pid_t pid = 0;
    const int failed = posix_spawn(&pid, TONUS_BINARY, &silent, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&silent);
    return failed == 0 ? pid : 0;
}

/// The record that closes the newest block of a file.
struct Newest {
    std::int64_t written_ns = 0;  ///< monotonic, when the block was closed
    bool closed = false;
    bool any = false;
};

Newest newest_block(const std::string& recording) {
    Newest newest;
    const auto file = system_files().open(recording);
    formats::vouched_bytes(*file, [&](const formats::Integrity& block, formats::ByteRange) {
        newest = {block.monotonic_ns, block.closed, true};
        return true;
    });
    return newest;
}

/// Starts them at once, and kills each at its own moment.
std::vector<Victim> killed_in_parallel(const std::string& folder, int first, int n_victims, Random& random) {
    SystemClock clock;
    std::vector<Victim> victims;
    const std::int64_t begin_ns = clock.now_ns();
    for (int v = 0; v < n_victims; ++v) {
        const std::string name = fmt::format("{}.xdf", first + v);
        victims.push_back({name, start(folder + "/" + name), begin_ns + 20'000'000 + static_cast<std::int64_t>(random.below(600'000'000))});
    }
    std::sort(victims.begin(), victims.end(), [](const Victim& a, const Victim& b) { return a.killed_ns < b.killed_ns; });
    for (Victim& victim : victims) {
        clock.sleep_until(victim.killed_ns);
        if (victim.pid > 0) ::kill(victim.pid, SIGKILL);
        victim.killed_ns = clock.now_ns();
    }
    for (const Victim& victim : victims) waitpid(victim.pid, nullptr, 0);
    return victims;
}

// SIGKILL at random moments, of beginning and end too. A block is closed every 40 ms. A process that the machine does
// not let run when its block is due is late through no fault of its own: hence the 95th percentile, the greatest beside it.
TEST_F(Record, AKillCostsAtMostATenthOfASecondAndNeverAnotherSample) {
    constexpr int kKills = 200, kAtOnce = 8;
    ASSERT_EQ(run_tonus("run --source 'sim:?imu=on' --duration 0.6 -q --record " + path("truth.xdf")).exit_code, 0);
    const std::string truth = frames_of("truth.xdf", "truth.csv");
    ASSERT_GT(truth.size(), 1000u);
    Random random{1};
    std::vector<std::int64_t> lost_ns;
    int n_closed = 0, n_compared = 0;
    for (int first = 0; first < kKills; first += kAtOnce) {
        for (const Victim& victim : killed_in_parallel(folder_.string(), first, kAtOnce, random)) {
            ASSERT_GT(victim.pid, 0);
            if (!std::filesystem::exists(path(victim.name))) continue;
            const Newest newest = newest_block(path(victim.name));
            if (!newest.any) continue;  // before the file had its headers
            n_closed += newest.closed ? 1 : 0;
            const Verification report = verify_recording(system_files(), path(victim.name));
            for (const Verification::Stream& stream : report.streams) EXPECT_TRUE(stream.adds_up()) << victim.name;
            EXPECT_TRUE(report.damages.empty() || (report.damages.size() == 1 && report.damages[0].at_end)) << victim.name;
            if (report.streams[0].n_found == 0) continue;
            if (!newest.closed) lost_ns.push_back(victim.killed_ns - newest.written_ns);
            if (++n_compared % 10 != 0) continue;
            const std::string frames = frames_of(victim.name, victim.name + ".csv");
            EXPECT_GT(frames.size(), 100u);
            EXPECT_EQ(frames, truth.substr(0, frames.size())) << victim.name << ": the simulator is the same each time, and so are its samples";
        }
    }
    if (kSanitized) return;  // a run of 0.35 s has hardly begun
    ASSERT_GT(lost_ns.size(), 50u);
    std::sort(lost_ns.begin(), lost_ns.end());
    const std::int64_t p95_ns = lost_ns[lost_ns.size() * 95 / 100];
    fmt::print("killed while recording {}, after its end {}; not yet written: median {} ms, p95 {} ms, most {} ms\n", lost_ns.size(), n_closed,
               lost_ns[lost_ns.size() / 2] / 1'000'000, p95_ns / 1'000'000, lost_ns.back() / 1'000'000);
    EXPECT_LE(p95_ns, 100'000'000);
}

}  // namespace
}  // namespace tonus
