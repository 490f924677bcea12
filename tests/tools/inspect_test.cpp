// What a look at a recording shows, and what it warns of.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using nlohmann::json;
using test::run_tonus;

class Inspect : public test::TempFolder {
protected:
    /// Five seconds at 1000 Hz of a muscle that is only noise, changed by `change`.
    json channel(const std::function<double(int, double)>& change) const {
        std::string text = "time_s,MF_L[uV]\n";
        unsigned state = 1;
        for (int i = 0; i < 5000; ++i) {
            state = state * 1'664'525u + 1'013'904'223u;
            const double noise = static_cast<double>(state >> 8) / 8'388'608.0 - 1.0;  // -1 to 1
            text += std::to_string(i / 1000.0) + "," + std::to_string(change(i, 50.0 * noise)) + "\n";
        }
        write("a.csv", text);
        return json::parse(run_tonus("inspect --json " + path("a.csv")).output)["streams"][0]["channels"][0];
    }

    /// The findings, in one text.
    static std::string findings(const json& channel) {
        std::string text;
        for (const json& finding : channel["findings"]) text += finding.get<std::string>() + "\n";
        return text;
    }
};

TEST_F(Inspect, AHealthyChannelHasNoFindings) {
    const json seen = channel([](int, double noise) { return noise; });
    EXPECT_EQ(findings(seen), "");
    EXPECT_EQ(seen["unit"], "uV");
    EXPECT_FALSE(seen["shape"].get<std::string>().empty());
}

TEST_F(Inspect, WarnsOfWhatIsFlatClippedOrHums) {
    using std::numbers::pi;
    EXPECT_NE(findings(channel([](int i, double noise) { return i > 2000 && i < 2900 ? 3.0 : noise; })).find("flat for 0.9 s"), std::string::npos);
    EXPECT_NE(findings(channel([](int, double) { return 7.0; })).find("one value from beginning to end"), std::string::npos);
    const auto slow = [](int i) { return 100.0 * std::sin(2.0 * pi * 2.0 * i / 1000.0); };
    EXPECT_NE(findings(channel([&](int i, double) { return std::clamp(slow(i), -80.0, 80.0); })).find("clipped: "), std::string::npos);
    EXPECT_NE(findings(channel([](int i, double noise) { return noise + 20.0 * std::sin(2.0 * pi * 50.1 * i / 1000.0); })).find("hum of 50 Hz"), std::string::npos);
    EXPECT_NE(findings(channel([](int i, double noise) { return noise + 20.0 * std::sin(2.0 * pi * 59.9 * i / 1000.0); })).find("hum of 60 Hz"), std::string::npos);
    EXPECT_EQ(findings(channel([&](int i, double) { return slow(i); })), "") << "a clean sine of 2 Hz is not the mains";
}

TEST_F(Inspect, ShowsRatesGapsAndDurationOfEveryStream) {
    std::string text = "time_s,MF_L[uV]\n";
    for (int i = 0; i < 3000; ++i) {
        if (i < 1000 || i >= 1250) text += std::to_string(i / 500.0) + "," + std::to_string(i % 13 - 6) + "\n";
    }
    write("a.csv", text);
    const json stream = json::parse(run_tonus("inspect --json " + path("a.csv")).output)["streams"][0];
    EXPECT_EQ(stream["kind"], "emg");
    EXPECT_EQ(stream["rate_hz"], 500);
    EXPECT_NEAR(stream["measured_hz"].get<double>(), 500.0, 1e-6);
    EXPECT_EQ(stream["gaps"], 1);
    EXPECT_EQ(stream["lost_frames"], 250);
    EXPECT_EQ(stream["duration_s"], 6.0);
    const std::string seen = run_tonus("inspect " + path("a.csv")).output;
    EXPECT_NE(seen.find("1 gap, 250 frames lost (0.500 s)"), std::string::npos) << seen;
}

TEST_F(Inspect, WarnsOfWhatWasMeasuredAndNotOfWhatWasComputed) {
    EXPECT_EQ(run_tonus("run --source sim: --duration 0.5 -q --record " + path("a.xdf")).exit_code, 0);
    const std::string seen = run_tonus("inspect " + path("a.xdf")).output;
    EXPECT_NE(seen.find("tonus_results: "), std::string::npos) << seen;
    EXPECT_EQ(seen.find("      ! "), std::string::npos) << "a state that stays is no electrode off: " << seen;
    EXPECT_EQ(seen.find("is empty"), std::string::npos) << seen;
}

TEST_F(Inspect, TakesTheOptionsOfAnAddress) {
    write("counts.csv", "5\n6\n7\n5\n8\n9\n5\n4\n");
    const json facts = json::parse(run_tonus("inspect --json 'file:" + path("counts.csv") + "?rate=4&unit=mV'").output);
    EXPECT_EQ(facts["streams"][0]["rate_hz"], 4);
    EXPECT_EQ(facts["streams"][0]["channels"][0]["unit"], "mV");
}

}  // namespace
}  // namespace tonus
