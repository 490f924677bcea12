// A lab's CSV that no reader knows, by every command, with a session file that says what it is. The numbers
// are a real recording's, so what comes out must be what comes out of that.

#include <algorithm>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::run_tonus;

/// Each channel by the number it has in the original.
constexpr const char* kChannels = "[[channel]]\nname = \"GM_R\"\ninput = \"ME\"\n[[channel]]\nname = \"TA_R\"\ninput = \"TA\"\n";

constexpr const char* kMap = R"([[source]]
[source.csv]
delimiter = ";"
decimal = ","
heading_line = 3
data_line = 5
time = "Zeit"
time_unit = "s"
[[source.csv.column]]
input = "Muskel 1"
name = "ME"
unit = "uV"
[[source.csv.column]]
input = 9
name = "TA"
unit = "uV"
)";

class CsvMapCommands : public test::TempFolder {
protected:
    /// The recording as the program of another lab would have written it.
    void write_lab_csv(const std::filesystem::path& original) const {
        std::ifstream in{original};
        std::string text = "Ganganalyse;;\r\n\r\nZeit", line;
        std::getline(in, line);
        for (int i = 1; i <= 13; ++i) text += ";Muskel " + std::to_string(i);
        text += "\r\n[s];;\r\n";
        while (std::getline(in, line)) {
            std::replace(line.begin(), line.end(), ',', ';');
            std::replace(line.begin(), line.end(), '.', ',');
            text += line + "\r\n";
        }
        write("lab.csv", text);
        write("lab.toml", std::string{kMap} + kChannels);
    }
};

TEST_F(CsvMapCommands, GiveWhatTheOriginalGives) {
    TONUS_NEEDS_SHARED(original, "data/15_gait_synergies/raw_emg_uv.csv");
    write_lab_csv(original);
    write("original.toml", std::string{"[[source]]\nunit = \"uV\"\n"} + kChannels);
    const std::string plain = " " + original.string() + " --session " + path("original.toml"), mapped = " " + path("lab.csv") + " --session " + path("lab.toml");

    const auto replayed = run_tonus("replay" + mapped + " --quiet --out " + path("mapped.csv"));
    ASSERT_EQ(replayed.exit_code, 0) << replayed.output;
    ASSERT_EQ(run_tonus("replay" + plain + " --quiet --out " + path("plain.csv")).exit_code, 0);
    EXPECT_EQ(text("mapped.csv"), text("plain.csv"));
    EXPECT_GT(text("plain.csv").size(), 10'000u);

    const json seen = json::parse(run_tonus("inspect --json" + mapped).output);
    EXPECT_EQ(seen["streams"][0]["rate_hz"], 1000);
    EXPECT_EQ(seen["streams"][0]["channels"].size(), 2u);
    EXPECT_EQ(seen["streams"][0]["channels"][1]["label"], "TA");
    EXPECT_EQ(seen["streams"][0]["frames"], 7618);

    ASSERT_EQ(run_tonus("convert" + mapped + " " + path("lab.edf") + " --quiet").exit_code, 0);
    const json converted = json::parse(run_tonus("inspect --json " + path("lab.edf")).output);
    EXPECT_EQ(converted["streams"][0]["channels"][0]["label"], "ME");

    ASSERT_EQ(run_tonus("batch" + mapped + " --quiet --out " + path("batch")).exit_code, 0);
    EXPECT_EQ(text("batch/summary_failed.csv"), "recording,error\n");
    EXPECT_NE(text("batch/summary.csv").find("TA_R"), std::string::npos);

    const json looped = json::parse(run_tonus("replay" + mapped + " --loop 2 --json").output);
    EXPECT_EQ(looped["streams"][0]["received"], 2 * 7618);
}

TEST_F(CsvMapCommands, RefuseWhatDoesNotFit) {
    write("lab.csv", "t;a\n0;1\n");
    write("lab.toml", kMap);
    for (const std::string command : {"replay ", "inspect "}) {
        const auto refused = run_tonus(command + path("lab.csv") + " --session " + path("lab.toml"));
        EXPECT_EQ(refused.exit_code, 2) << refused.output;
        EXPECT_NE(refused.output.find("should begin in line 5, but it has 2 lines"), std::string::npos) << refused.output;
    }
    const auto live = run_tonus("run --source 'sim:?duration=1' --duration 1 --session " + path("lab.toml"));
    EXPECT_EQ(live.exit_code, 2);
    EXPECT_NE(live.output.find("[source.csv] says what a table in a file is"), std::string::npos) << live.output;
}

}  // namespace
}  // namespace tonus
