// `tonus bench` over planted figures: what it prints, compares and returns; and that it measures where there
// is little to measure with. How fast a machine is, is not a matter of tests.

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "bench/scorecard/scorecard.hpp"
#include "tests/support/command.hpp"

namespace tonus {
namespace {

namespace fs = std::filesystem;
using test::run_tonus;

class BenchCommand : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("tonus_bench_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    /// A machine that replays this many times faster than real time.
    std::string card(const std::string& name, double offline_x_real_time) {
        bench::Scorecard scorecard;
        scorecard.machine.cpu = "Planted";
        scorecard.capacity = {{.rate_hz = 2000.0, .n_channels = 384, .spare = 0.6}};
        scorecard.offline_x_real_time = offline_x_real_time;
        std::ofstream{folder_ / name} << scorecard_json(scorecard);
        return "'" + (folder_ / name).string() + "'";
    }

    fs::path folder_;
};

TEST_F(BenchCommand, PrintsAScorecardThatWasMeasuredBefore) {
    const auto said = run_tonus("bench --from " + card("a.json", 1600.0));
    EXPECT_EQ(said.exit_code, 0) << said.output;
    EXPECT_NE(said.output.find("This machine holds 384 channels at 2 kHz with 60 % to spare."), std::string::npos) << said.output;
}

TEST_F(BenchCommand, FailsWhenAFigureIsWorseThanTheRatio) {
    const std::string fast = card("fast.json", 1600.0), slow = card("slow.json", 1000.0);
    const auto worse = run_tonus("bench --quiet --compare " + fast + " --from " + slow);
    EXPECT_EQ(worse.exit_code, 1);
    EXPECT_EQ(worse.output, "tonus: worse than 1.25 times: offline, times real time: 1600 before, 1000 now\n");
    EXPECT_EQ(run_tonus("bench --quiet --compare " + slow + " --from " + fast).output, "");
    EXPECT_EQ(run_tonus("bench --quiet --compare " + slow + " --from " + fast).exit_code, 0);
    EXPECT_EQ(run_tonus("bench --quiet --compare " + fast + " --ratio 2 --from " + slow).exit_code, 0);
}

/// While it lives, this process and what it starts have one core.
class OneCore {
public:
    OneCore() {
        sched_getaffinity(0, sizeof all_, &all_);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
            if (CPU_ISSET(cpu, &all_)) CPU_SET(cpu, &one);
        }
        sched_setaffinity(0, sizeof one, &one);
    }
    ~OneCore() { sched_setaffinity(0, sizeof all_, &all_); }
    OneCore(const OneCore&) = delete;
    OneCore& operator=(const OneCore&) = delete;

private:
    cpu_set_t all_;
};

// What needs two cores is left out and said to be; everything else is there.
TEST_F(BenchCommand, MeasuresOnASingleCore) {
    const OneCore one_core;
    const fs::path path = folder_ / "one.json";
    const auto said = run_tonus("bench --quick --json '" + path.string() + "'");
    ASSERT_EQ(said.exit_code, 0) << said.output;
    EXPECT_NE(said.output.find("This machine "), std::string::npos) << said.output;
    std::ifstream file{path};
    const bench::Scorecard card = bench::scorecard_from_json({std::istreambuf_iterator<char>{file}, {}}, path);
    EXPECT_EQ(card.machine.n_usable, 1);
    EXPECT_FALSE(card.ring.has_value());
    ASSERT_EQ(card.latency.size(), 2u) << "nobody can spin beside the device on one core";
    for (const bench::Latency& latency : card.latency) EXPECT_GT(latency.to_row.n, 50u) << latency.condition;
    EXPECT_EQ(card.capacity.size(), 3u);
    EXPECT_GT(card.offline_x_real_time, 0.0);
    EXPECT_GT(card.ns_per_channel_sample(), 0.0);
}

TEST_F(BenchCommand, WritesTheSameJsonThatItRead) {
    const std::string from = card("a.json", 1600.0), copy = (folder_ / "copy.json").string();
    EXPECT_EQ(run_tonus("bench --quiet --from " + from + " --json '" + copy + "'").exit_code, 0);
    std::ifstream a{folder_ / "a.json"}, b{copy};
    EXPECT_EQ((std::string{std::istreambuf_iterator<char>{a}, {}}), (std::string{std::istreambuf_iterator<char>{b}, {}}));
}

}  // namespace
}  // namespace tonus
