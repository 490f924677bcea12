// Processes that are killed while they record: what is lost, and that nothing false is left.

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <optional>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/core/clock.hpp"
#include "engine/core/random.hpp"
#include "engine/formats/verify.hpp"
#include "engine/formats/xdf_vouched.hpp"
#include "tests/support/command.hpp"
#include "tests/support/environment_variable.hpp"
#include "tests/support/temporary_folder.hpp"

extern char** environ;

namespace tonus {
namespace {

#ifdef TONUS_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kRunNs = 350 * kMs;
constexpr std::int64_t kBoundNs = 100 * kMs;  // reliability 3.1
constexpr std::int64_t kWatchedNs = 150 * kMs;  // before a kill: longer than the bound, so that every wait that counts is seen
constexpr int kAtOnce = 4;

/// How long each thread of a process has been ready to run and was not let, by the kernel's account; none where there is none.
std::map<std::string, std::int64_t> waits_ns(pid_t pid) {
    std::map<std::string, std::int64_t> waits;
    std::error_code gone;
    for (const auto& task : std::filesystem::directory_iterator{fmt::format("/proc/{}/task", pid), gone}) {
        std::int64_t ran_ns = 0, waited_ns = 0;
        if (std::ifstream{task.path() / "schedstat"} >> ran_ns >> waited_ns) waits[task.path().filename()] = waited_ns;
    }
    return waits;
}

/// One recording process and its end.
struct Victim {
    std::string path = {};
    pid_t pid = 0;
    std::int64_t kill_at_ns = 0;
    std::int64_t killed_ns = 0;
    std::map<std::string, std::int64_t> waits_before_ns = {};
    std::int64_t kept_waiting_ns = 0;  ///< by the machine, all its threads together, in the last 150 ms
    bool was_running = false;          ///< it had not ended by itself
};

Victim start(const std::string& path) {
    std::vector<std::string> words{TONUS_BINARY, "run", "--source", "sim:?imu=on", "--duration", fmt::format("{:.2f}", static_cast<double>(kRunNs) * 1e-9), "--quiet", "--record", path};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t silent;
    posix_spawn_file_actions_init(&silent);
    posix_spawn_file_actions_addopen(&silent, 1, "/dev/null", O_WRONLY, 0);
    Victim victim{.path = path};
    const int failed = posix_spawn(&victim.pid, TONUS_BINARY, &silent, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&silent);
    EXPECT_EQ(failed, 0);
    return victim;
}

void kill_now(Victim& victim, Clock& clock) {
    std::int64_t waited_ns = 0;
    for (const auto& [task, total_ns] : waits_ns(victim.pid)) {
        const auto before = victim.waits_before_ns.find(task);
        waited_ns += total_ns - (before == victim.waits_before_ns.end() ? 0 : before->second);
    }
    const std::int64_t asked_ns = clock.now_ns();
    ::kill(victim.pid, SIGKILL);
    victim.killed_ns = clock.now_ns();
    victim.kept_waiting_ns = waited_ns + (victim.killed_ns - asked_ns);  // what nobody watched counts as waiting
}

/// Kills each at its own moment, and watches how much the machine let it run before.
void kill_all(std::vector<Victim>& victims) {
    SystemClock clock;
    struct Deed {
        std::int64_t at_ns;
        Victim* victim;
        bool is_kill;
    };
    std::vector<Deed> deeds;
    for (Victim& victim : victims) {
        deeds.push_back({victim.kill_at_ns - kWatchedNs, &victim, false});
        deeds.push_back({victim.kill_at_ns, &victim, true});
    }
    std::sort(deeds.begin(), deeds.end(), [](const Deed& a, const Deed& b) { return a.at_ns < b.at_ns; });
    for (const Deed& deed : deeds) {
        clock.sleep_until(deed.at_ns);
        if (deed.is_kill) kill_now(*deed.victim, clock);
        else deed.victim->waits_before_ns = waits_ns(deed.victim->pid);
    }
    for (Victim& victim : victims) {
        int status = 0;
        waitpid(victim.pid, &status, 0);
        victim.was_running = WIFSIGNALED(status);
    }
}

std::vector<Victim> killed_at_random(const test::TemporaryFolder& folder, const std::string& name, Random& random) {
    SystemClock clock;
    std::vector<Victim> victims;
    for (int v = 0; v < kAtOnce; ++v) {
        victims.push_back(start(folder.file(fmt::format("{}_{}.xdf", name, v))));
        victims.back().kill_at_ns = clock.now_ns() + 80 * kMs + static_cast<std::int64_t>(random.below(440 * kMs));
    }
    kill_all(victims);
    return victims;
}

/// The records of a file's first and newest good block; none before it has its headers.
std::optional<formats::VouchedBytes> proved(const std::string& path) {
    if (!std::filesystem::exists(path)) return std::nullopt;
    formats::VouchedBytes vouched = formats::vouched_bytes(*system_files().open(path));
    if (!vouched.last) return std::nullopt;
    return vouched;
}

/// Kills each about when it ends its recording, which its file tells beforehand: it says when it was begun.
std::vector<Victim> killed_while_closing(const test::TemporaryFolder& folder, const std::string& name, Random& random) {
    SystemClock clock;
    std::vector<Victim> victims;
    for (int v = 0; v < kAtOnce; ++v) victims.push_back(start(folder.file(fmt::format("{}_{}.xdf", name, v))));
    for (Victim& victim : victims) {
        std::optional<formats::VouchedBytes> begun;
        for (int i = 0; i < 200 && !(begun = proved(victim.path)); ++i) clock.sleep_until(clock.now_ns() + 2 * kMs);
        const std::int64_t begun_ns = begun ? begun->first->monotonic_ns : clock.now_ns();
        victim.kill_at_ns = begun_ns + kRunNs - 5 * kMs + static_cast<std::int64_t>(random.below(25 * kMs));
    }
    kill_all(victims);
    return victims;
}

/// The frames of the first stream as text, by tonus convert.
std::string frames_of(const test::TemporaryFolder& folder, const std::string& recording) {
    test::run_tonus(fmt::format("convert '{}' '{}.csv' --streams emg -q", recording, recording));  // 1 where it was cut
    return folder.text(std::filesystem::path{recording}.filename().string() + ".csv");
}

/// What the kills came to.
struct Tally {
    std::vector<std::int64_t> lost_ns = {};
    int n_over = 0;       ///< lost more than the bound, all for want of a processor
    int n_closing = 0;    ///< killed between the last frame and the process's own end
    int n_compared = 0;
};

void examine(const test::TemporaryFolder& folder, const Victim& victim, const std::string& truth, Tally& tally) {
    const auto blocks = proved(victim.path);
    if (!blocks) return;
    const Verification report = verify_recording(system_files(), victim.path);
    for (const Verification::Stream& stream : report.streams) EXPECT_TRUE(stream.adds_up()) << victim.path;
    EXPECT_TRUE(report.damages.empty() || (report.damages.size() == 1 && report.damages[0].at_end)) << victim.path;
    if (report.streams[0].n_found == 0) return;
    const std::int64_t ended_ns = blocks->first->monotonic_ns + kRunNs;
    if (victim.was_running && (report.closed || victim.killed_ns > ended_ns)) ++tally.n_closing;
    if (!report.closed) {
        // After the end no frame comes any more that could be lost.
        const std::int64_t lost_ns = std::min(victim.killed_ns, ended_ns) - std::min(blocks->last->monotonic_ns, ended_ns);
        tally.lost_ns.push_back(lost_ns);
        tally.n_over += lost_ns > kBoundNs ? 1 : 0;
        if (!kSanitized) {
            EXPECT_LE(lost_ns, kBoundNs + victim.kept_waiting_ns) << victim.path << " waited for a processor for " << victim.kept_waiting_ns / kMs << " ms";
        }
    }
    if (++tally.n_compared % 10 != 0) return;
    const std::string frames = frames_of(folder, victim.path);
    EXPECT_GT(frames.size(), 100u);
    EXPECT_EQ(frames, truth.substr(0, frames.size())) << victim.path << ": the simulator is the same each time, and so are its samples";
}

// SIGKILL at random moments, and 40 about the end. A block is closed every 40 ms. What a process is ready to do
// and the machine does not let it do is no fault of its own; the kernel keeps that account, and it is allowed, kill by kill.
TEST(RecordKill, CostsAtMostATenthOfASecondAndNeverAnotherSample) {
    constexpr int kKills = kSanitized ? 40 : 200, kClosing = kSanitized ? 0 : 40;
    // In memory: a disk that is slow is another test's fault.
    std::optional<test::EnvironmentVariable> in_memory;
    if (std::filesystem::is_directory("/dev/shm")) in_memory.emplace("TMPDIR", "/dev/shm");
    const test::TemporaryFolder folder;
    ASSERT_EQ(test::run_tonus("run --source 'sim:?imu=on' --duration 0.6 -q --record " + folder.file("truth.xdf")).exit_code, 0);
    const std::string truth = frames_of(folder, folder.file("truth.xdf"));
    ASSERT_GT(truth.size(), 1000u);
    Random random{1};
    Tally at_random, closing;
    for (int n = 0; n < kKills; n += kAtOnce) {
        for (const Victim& victim : killed_at_random(folder, std::to_string(n), random)) examine(folder, victim, truth, at_random);
    }
    for (int n = 0; n < kClosing; n += kAtOnce) {
        for (const Victim& victim : killed_while_closing(folder, "end" + std::to_string(n), random)) examine(folder, victim, truth, closing);
    }
    if (kSanitized) return;  // a run of 0.35 s has hardly begun
    ASSERT_GT(at_random.lost_ns.size(), 50u);
    std::sort(at_random.lost_ns.begin(), at_random.lost_ns.end());
    fmt::print("killed while recording {}, not yet written: median {} ms, most {} ms, {} over the bound for want of a processor; killed while closing {}\n",
               at_random.lost_ns.size(), at_random.lost_ns[at_random.lost_ns.size() / 2] / kMs, at_random.lost_ns.back() / kMs, at_random.n_over + closing.n_over,
               at_random.n_closing + closing.n_closing);
    EXPECT_GE(at_random.n_closing + closing.n_closing, 5);
}

}  // namespace
}  // namespace tonus
