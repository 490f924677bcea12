// Drivers and emulators as a person uses them: two programs, and a real port between. What is on a
// virtual clock elsewhere is here in real time, so it is short and its deadlines are wide.

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/emulated_process.hpp"
#include "tests/support/own_port.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::Emulated;
using test::run_tonus;

json run_on(const std::string& source) {
    const auto run = run_tonus("run --source '" + source + "' --duration 3 --json");
    EXPECT_EQ(run.exit_code, 0) << run.output;
    return json::parse(run.output, nullptr, false);
}

// EMG with a motion stream beside it, over a pseudo terminal.
TEST(Emulate, APseudoTerminalCarriesALiveSession) {
    const Emulated device{"cyton", 15};
    ASSERT_TRUE(device.address().starts_with("cyton:/dev/")) << device.address();
    const json summary = run_on(device.address());
    ASSERT_TRUE(summary.is_object());
    ASSERT_EQ(summary["streams"].size(), 2u);
    EXPECT_GT(summary["streams"][0]["received"], 500);
    EXPECT_EQ(summary["streams"][0]["received"], summary["streams"][0]["emitted"]);
    EXPECT_GT(summary["streams"][1]["received"], 50);
}

TEST(Emulate, ALoopbackPortCarriesALiveSession) {
    const std::string port = std::to_string(test::own_port());
    const Emulated server{"trigno:?sensors=2&port=" + port, 20};
    ASSERT_EQ(server.address(), "trigno:127.0.0.1");
    const json summary = run_on("trigno:127.0.0.1?port=" + port);
    ASSERT_TRUE(summary.is_object());
    ASSERT_EQ(summary["streams"].size(), 5u) << "EMG and two sensors' motion";
    EXPECT_GT(summary["streams"][0]["received"], 500);
    EXPECT_EQ(summary["streams"][0]["lost"]["device"], 0);
}

TEST(Emulate, SaysWhatCanBeEmulatedAndHow) {
    const auto sim = run_tonus("emulate sim");
    EXPECT_EQ(sim.exit_code, 2);
    EXPECT_NE(sim.output.find("cyton"), std::string::npos) << sim.output;
    const auto option = run_tonus("emulate 'cyton:?losst=0.1' --duration 1");
    EXPECT_EQ(option.exit_code, 2);
    EXPECT_NE(option.output.find("lost"), std::string::npos) << option.output;
    const auto list = run_tonus("emulate cyton --list");
    EXPECT_NE(list.output.find("unplug"), std::string::npos) << list.output;
    const auto all = run_tonus("emulate --list");
    EXPECT_EQ(all.exit_code, 0);
    EXPECT_NE(all.output.find("OpenBCI"), std::string::npos) << all.output;
    const auto nothing = run_tonus("emulate");
    EXPECT_EQ(nothing.exit_code, 2);
    EXPECT_NE(nothing.output.find("cyton"), std::string::npos) << nothing.output;
}

}  // namespace
}  // namespace tonus
