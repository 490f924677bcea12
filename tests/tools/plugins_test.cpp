// Plug-ins as a person uses them.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/environment_variable.hpp"
#include "tests/plugin/plugin_build.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using test::run_tonus;

TEST(Plugins, AreListedRunAndRefusedByName) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(test::build_example(folder.file("ramp.so")));
    ASSERT_TRUE(test::build_misdeed(3, folder.file("stale.so")));
    const test::EnvironmentVariable path{"TONUS_DRIVER_PATH", folder.path().string()};
    const auto listed = run_tonus("drivers");
    EXPECT_EQ(listed.exit_code, 0);
    EXPECT_NE(listed.output.find("ramp: example of a plug-in"), std::string::npos) << listed.output;
    EXPECT_NE(listed.output.find("/stale.so: refused: it is of version 2"), std::string::npos) << listed.output;

    const auto run = run_tonus("run --source 'ramp:?rate=2000' --duration 1 --json");
    ASSERT_EQ(run.exit_code, 0) << run.output;
    const auto stream = nlohmann::json::parse(run.output)["streams"][0];
    EXPECT_GT(stream["received"], 500);
    EXPECT_EQ(stream["received"], stream["emitted"]);

    const auto option = run_tonus("run --source 'ramp:?speed=2' --duration 1");
    EXPECT_EQ(option.exit_code, 2);
    EXPECT_NE(option.output.find("unknown option 'speed'"), std::string::npos) << option.output;
    const auto unknown = run_tonus("run --source stale: --duration 1");
    EXPECT_NE(unknown.output.find("/stale.so: refused"), std::string::npos) << unknown.output;
}

}  // namespace
}  // namespace tonus
