// `tonus align` as a person uses it, over recordings with and without taps.
#include <cmath>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "drivers/driver/driver.hpp"
#include "engine/core/random.hpp"
#include "engine/pipeline/run.hpp"
#include "tests/support/command.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tonus {
namespace {

using test::run_tonus;

class Align : public test::TempFolder {
protected:
    /// The recording of a run with EMG and acceleration from a source each.
    std::string recording_of_two(int later_ms, const std::vector<int>& taps_ms) {
        const std::string both = recording(later_ms, taps_ms);
        const std::string url = both.substr(1, both.size() - 2);
        const auto emg = open_device(url + "&unit=uV&channels=emg1"), motion = open_device(url + "&channels=acc_x,acc_y,acc_z");
        Device* const devices[] = {emg.get(), motion.get()};
        const std::span<const StreamInfo> streams[] = {emg->streams(), motion->streams()};
        Session session = default_session(streams);
        session.sources.resize(2);
        Pipeline pipeline{streams, session};
        VirtualClock clock;
        Recorder recorder{system_files(), clock, path("taps.xdf"), {.session_text = session_text(session)}};
        run_live(devices, pipeline, {}, {.virtual_clock = &clock, .recorder = &recorder});
        return path("taps.xdf");
    }

    /// EMG and acceleration at 1000 Hz; the sensor shows each tap so many ms later.
    std::string recording(int later_ms, const std::vector<int>& taps_ms) {
        std::ofstream out{path("taps.csv")};
        out << "emg1,acc_x,acc_y,acc_z\n";
        Random random{1};
        const auto rings = [&](int ms) {
            for (const int tap : taps_ms) {
                if (ms >= tap && ms < tap + 20) return ms % 2 == 0 ? 1.0 : -1.0;
            }
            return 0.0;
        };
        for (int ms = 0; ms < 30'000; ++ms) {
            out << 5.0 * random.normal() + 400.0 * rings(ms);
            for (int axis = 0; axis < 3; ++axis) out << ',' << 0.01 * random.normal() + rings(ms - later_ms);
            out << '\n';
        }
        return "'file:" + path("taps.csv") + "?rate=1000'";
    }
};

TEST_F(Align, FindsByHowMuchTheSensorIsLater) {
    const auto result = run_tonus("align --json " + recording(42, {4000, 6100, 9300, 11000, 14500, 20200}));
    ASSERT_EQ(result.exit_code, 0) << result.output;
    const auto found = nlohmann::json::parse(result.output);
    EXPECT_NEAR(found["later_s"].get<double>(), 0.042, 0.001);
    EXPECT_EQ(found["taps"], 6);
}

// What it prints is what the session file takes: pasted there, the sources are together.
TEST_F(Align, PrintsTheLineForTheSessionFile) {
    const std::string file = recording_of_two(42, {4000, 6100, 9300, 11000, 14500, 20200});
    const auto said = run_tonus("align " + file);
    ASSERT_EQ(said.exit_code, 0) << said.output;
    EXPECT_NE(said.output.find("2nd [[source]]"), std::string::npos) << said.output;
    const std::size_t at = said.output.find("delay_ms = ");
    ASSERT_NE(at, std::string::npos) << said.output;
    const std::string line = said.output.substr(at, said.output.find('\n', at) - at);
    std::ofstream{path("s.toml")} << "[[source]]\n[[source]]\n" << line << "\n[[channel]]\nname = \"A\"\ninput = 1\n";
    EXPECT_NEAR(load_session(path("s.toml")).sources.at(1).delay_s, 0.042, 1.5e-3);
    const auto replay = run_tonus("replay " + file + " --quiet --session " + path("s.toml") + " --out " + path("out.csv"));
    EXPECT_EQ(replay.exit_code, 0) << replay.output;
}

TEST_F(Align, NamesTheSourceThatIsLate) {
    const auto found = nlohmann::json::parse(run_tonus("align --json " + recording_of_two(-30, {4000, 6100, 9300, 11000, 14500})).output);
    EXPECT_EQ(found["source"], 0) << "the EMG";
    EXPECT_NEAR(found["delay_ms"].get<double>(), 30.0, 1.5);
    EXPECT_LT(found["later_s"].get<double>(), 0.0);
}

TEST_F(Align, SaysHowToTapWhereThereIsNoClearTap) {
    const auto result = run_tonus("align " + recording(42, {}));
    EXPECT_EQ(result.exit_code, 1) << result.output;
    EXPECT_NE(result.output.find("tap firmly"), std::string::npos) << result.output;
}

TEST_F(Align, NeedsBothStreamsInARecording) {
    EXPECT_EQ(run_tonus("align 'sim:?duration=5'").exit_code, 2);
    EXPECT_EQ(run_tonus("align missing.xdf").exit_code, 3);
}

}  // namespace
}  // namespace tonus
